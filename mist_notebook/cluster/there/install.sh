#!/bin/sh
# Runs on a machine: an environment of ours with the Python and the packages that the notebook has.
# Input of the shell: MIST_MINOR, MIST_FOLDER and MIST_PINS, set above this text.
set -u
umask 022
cd || exit 1
PATH="$PATH:$HOME/.local/bin"
new="$MIST_FOLDER.new.$$"
mkdir -p "$(dirname "$MIST_FOLDER")" || exit 1
trap 'rm -rf "$new"' EXIT INT TERM HUP
say() { echo "mist-step: $*"; }
if command -v uv >/dev/null 2>&1; then
    say "uv makes an environment with Python $MIST_MINOR"
    uv venv -q --python "$MIST_MINOR" "$new" || exit 1
    say "uv installs $MIST_COUNT packages"
    # shellcheck disable=SC2086 - one word a package
    uv pip install -q --python "$new/bin/python" --only-binary :all: $MIST_PINS || exit 1
elif command -v "python$MIST_MINOR" >/dev/null 2>&1 && "python$MIST_MINOR" -c 'import venv, ensurepip' 2>/dev/null; then
    say "python$MIST_MINOR makes an environment"
    "python$MIST_MINOR" -m venv "$new" || exit 1
    say "pip installs $MIST_COUNT packages"
    # shellcheck disable=SC2086
    "$new/bin/python" -m pip install -q --disable-pip-version-check --only-binary :all: $MIST_PINS || exit 1
elif command -v python3 >/dev/null 2>&1 && python3 -c 'import venv, ensurepip' 2>/dev/null; then
    say "pip brings uv, which brings Python $MIST_MINOR"
    python3 -m venv "$new.uv" || exit 1
    trap 'rm -rf "$new" "$new.uv"' EXIT INT TERM HUP
    "$new.uv/bin/python" -m pip install -q --disable-pip-version-check uv || exit 1
    "$new.uv/bin/uv" venv -q --python "$MIST_MINOR" "$new" || exit 1
    # shellcheck disable=SC2086
    "$new.uv/bin/uv" pip install -q --python "$new/bin/python" --only-binary :all: $MIST_PINS || exit 1
else
    echo "neither uv nor a python3 with venv is there (Debian: apt-get install python3-venv)" >&2
    exit 3
fi
rm -rf "$MIST_FOLDER"
mv "$new" "$MIST_FOLDER" || exit 1
say "done"
echo "mist-at: $HOME/$MIST_FOLDER/bin/python"
