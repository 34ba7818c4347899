#!/usr/bin/env bash
# Runs every test; `./test.sh unit` runs the fast part alone. Installs what the tests need and the machine lacks.
set -euo pipefail
cd "$(dirname "$0")"

part=${1:-all}
case $part in all | unit) ;; *) echo "usage: ./test.sh [unit]" >&2; exit 2 ;; esac

need_chromium() {
  browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  if [ -z "$browser" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
      echo "The browser tests need Chromium: install the package 'chromium', then run ./test.sh again." >&2
      exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium >/dev/null
    browser=$(command -v chromium)
  fi
  export PORTAL_TEST_BROWSER=$browser
}

filter=()
if [ "$part" = unit ]; then
  filter=(--filter-namespace "ConcurrentSessions.Tests.Unit*" --filter-namespace "ConcurrentSessions.Tests.Components*" --filter-namespace "ConcurrentSessions.Tests.Architecture*")
else
  need_chromium
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
dotnet build ConcurrentSessions.sln --nologo -v quiet || exit 1
dotnet test --no-build --solution ConcurrentSessions.sln --no-progress "${filter[@]}" 2>&1 | tee "$output" || status=$?

count() { grep -E "^ *$1: [0-9]+" "$output" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }
passed=$(count succeeded)
failed=$(count failed)
skipped=$(count skipped)
# Nothing is silently skipped, and a run without tests is no success.
if [ "$skipped" != 0 ] || [ "$passed" = 0 ]; then status=1; fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
