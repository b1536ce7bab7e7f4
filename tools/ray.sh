#!/bin/sh
# ray.sh VENV: install Ray for its tests, where it has a wheel for this Python.
set -u
python=$1/bin/python
"$python" -c 'import ray' 2>/dev/null && exit 0
"$python" -m pip install --disable-pip-version-check --quiet --only-binary=:all: \
  'ray>=2.40,<3' >>"$1/install.log" 2>&1 && exit 0
echo "no wheel of Ray for this Python: the tests that need it are skipped" >&2
