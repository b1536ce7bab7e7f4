#!/bin/sh
# install.sh VENV EXTRAS: install this project with these extras, quietly.
set -u
venv=$1
extras=$2
log=$venv/install.log

echo "installing rayteach[$extras] into $venv (the first time takes a minute)" >&2
"$venv/bin/python" -m pip install --disable-pip-version-check ".[$extras]" \
  >"$log" 2>&1 && exit 0
tail -n 30 "$log" >&2
echo "rayteach: the install failed; the whole story is in $log" >&2
exit 2
