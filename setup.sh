#!/bin/sh
# Builds the environment on Debian 12: system packages that are missing (root or sudo), then .venv from the lock.
# A second lock as the argument adds to .venv what only some commands need (make bench: the peers).
set -eu
cd "$(dirname "$0")"

more=${1:-}
lists=apt-packages.txt
[ -z "$more" ] || lists="$lists apt-packages-bench.txt"
missing=""
for package in $(cat $lists | grep -v '^#'); do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
    echo "Installing:$missing"
    run=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "Run this as root, or install:$missing"; exit 1; }
        run="sudo"
    fi
    $run apt-get update -qq
    # shellcheck disable=SC2086
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

python=/usr/bin/python3.11
[ -x "$python" ] || python=$(command -v python3.11) || { echo "Python 3.11 is needed."; exit 1; }
mark=.venv/requirements.lock
if ! cmp -s requirements.lock "$mark"; then
    echo "Building .venv from requirements.lock"
    rm -rf .venv
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    cp requirements.lock "$mark"
fi

# Compiled here: a kiosk that may not write beside its code would do it anew at every start, for a fifth of a second.
.venv/bin/python -m compileall -q kiosk hardware screens offline_queue portal

# Face models: made once. Without them the kiosk still works, so that a line that is down does not stop the set-up.
.venv/bin/python -m hardware.vision.make_models || true

# Cantonese typing by sound is not built in its package
.venv/bin/python -m kiosk.typing || echo "粵拼 could not be built; the other ways of typing work"

if [ -n "$more" ] && ! cmp -s "$more" ".venv/$more"; then
    echo "Adding $more"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$more"
    cp "$more" ".venv/$more"
fi
