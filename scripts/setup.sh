#!/bin/sh
# What both commands of the README need: bubblewrap and venv from Debian or Ubuntu, and an environment in .venv.
# Usage: scripts/setup.sh EXTRAS    such as: scripts/setup.sh local
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
command -v "$python" >/dev/null || { echo "error: $python is not installed; apt-get install python3" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "error: $python is older than 3.11; set PYTHON to a newer one" >&2; exit 1; }

missing=
command -v bwrap >/dev/null || missing="bubblewrap"
"$python" -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing $missing" >&2
        apt-get update -qq >&2
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
    elif sudo -n true 2>/dev/null && command -v apt-get >/dev/null; then
        echo "installing $missing" >&2
        sudo apt-get update -qq >&2
        # shellcheck disable=SC2086
        sudo apt-get install -y -qq --no-install-recommends $missing >&2
    else
        echo "error: needed from your system: $missing; sudo apt-get install $missing, then run this again" >&2
        exit 1
    fi
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "installing proofset[$1] into .venv" >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$1]"
