#!/bin/sh
# Install proofset and make the first verified records on the embedded model: no key, no account.
# Usage: scripts/first-run.sh [DIR]    where the records go; runs/first without it
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh local
.venv/bin/proofset run verified_math --config examples/first_run.yaml --out "${1:-runs/first}"
echo "          (first: . .venv/bin/activate)"
