#!/usr/bin/env bash
# Measures the portal beside its peers and writes docs/performance.md.
#   bench/run.sh [--quick] [--long] [throughput | signin | race | revocation | growth | memory | audit ...]
# Without a part: all. --quick: a small run that only shows that everything works; it writes no page. --long: the race reaches 10,000 sign-ins.
set -euo pipefail
cd "$(dirname "$0")"

work=$PWD/.work
mkdir -p "$work"

need() { # command package...
  command -v "$1" >/dev/null && return
  missing+=("${@:2}")
}

missing=()
need wrk wrk
need node nodejs
need npm npm
need chromium chromium
need setpriv util-linux
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Install these first: ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

(cd peers/express && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
publish() { dotnet publish "$1" -c Release -o "$work/$2" --nologo -v quiet; }
publish ../ConcurrentSessions.Web portal
publish peers/IdentityCookie identity
publish peers/HeapProbe probe
publish Harness harness
exec dotnet "$work/harness/Harness.dll" "$@"
