#!/bin/sh
# Install proofset with all that its tests need, and run them: style, types, tests, and one run on a real model.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh dev,local,studio,sandbox,e2b,semantic,minilm,parquet,hub,ray,postgres,review,docs,traffic,trace
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
exec .venv/bin/python -m pytest "$@"
