#!/bin/sh
# browser.sh: print the path of a Chromium; install Debian's when that is possible.
set -u

find_browser() {
  for candidate in "${RAYTEACH_CHROMIUM:-}" chromium chromium-browser google-chrome \
    google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [ -n "$candidate" ] && command -v "$candidate" && return 0
  done
  return 1
}

find_browser && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "installing Debian's chromium for the browser tests" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1
  apt-get install -y -qq --no-install-recommends chromium \
    fonts-dejavu-core >/dev/null 2>&1
  find_browser && exit 0
fi
echo "rayteach: the browser tests need Chromium or Google Chrome; install one, or set RAYTEACH_CHROMIUM to its path" >&2
exit 1
