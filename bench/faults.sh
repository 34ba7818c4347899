#!/usr/bin/env bash
# Breaks what the portal stands on and looks whether its promises held; prints a table of what was seen.
#   bench/faults.sh [--short] [kill | restart | cut | channel | clock | disk | keys | flood ...]
# Without a fault: all. --short: 20 kills instead of 300, 4 restarts instead of 20, a tenth of the flood. Ends with 1 when a promise was broken.
set -euo pipefail
cd "$(dirname "$0")"

work=$PWD/.work
mkdir -p "$work"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || { echo "Install PostgreSQL first." >&2; exit 1; }
dotnet publish ../ConcurrentSessions.Web -c Release -o "$work/portal" --nologo -v quiet
dotnet publish peers/OddClock -c Release -o "$work/clock" --nologo -v quiet
dotnet publish Faults -c Release -o "$work/faults" --nologo -v quiet
exec dotnet "$work/faults/Faults.dll" "$work" "$@"
