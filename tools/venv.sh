#!/bin/sh
# venv.sh PYTHON DIRECTORY: make a virtual environment there, or say why not.
set -u
python=$1
venv=$2

fail() {
  echo "rayteach: $*" >&2
  exit 2
}

# The named Python first; then a newer one beside it (macOS ships an old python3).
for candidate in "$python" python3.14 python3.13 python3.12 python3.11 python3.10; do
  command -v "$candidate" >/dev/null 2>&1 || continue
  "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || continue
  found=$candidate
  break
done
[ -n "${found:-}" ] || fail "needs Python 3.10 or newer; install it, or name one: make PYTHON=/path/to/python3"

"$found" -c 'import ensurepip, venv' 2>/dev/null ||
  fail "this Python makes no virtual environments; on Debian: apt-get install python3-venv"
[ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import pip' 2>/dev/null && exit 0
echo "making the virtual environment $venv" >&2
"$found" -m venv --clear "$venv" ||
  fail "could not make $venv here; go to a directory you may write to, or name one: make VENV=/path"
