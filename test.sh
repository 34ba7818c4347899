#!/usr/bin/env bash
# Runs every test on SQLite and the integration tests once more on PostgreSQL; `./test.sh unit` runs the fast part alone.
# Installs what the tests need and the machine lacks. PORTAL_TEST_POSTGRES names a server to use instead of a throw-away one.
set -euo pipefail
cd "$(dirname "$0")"

part=${1:-all}
case $part in all | unit) ;; *) echo "usage: ./test.sh [unit]" >&2; exit 2 ;; esac

work=$(mktemp -d)
chmod 755 "$work" # the server's user looks into it
server=
tests=

finish() {
  status=$?
  trap - EXIT INT TERM HUP
  if [ -n "$tests" ]; then kill -TERM -- "-$tests" 2>/dev/null && wait "$tests" 2>/dev/null || true; fi
  if [ -n "$server" ]; then as_owner "$postgres/pg_ctl" -D "$work/data/db" -m immediate -w stop >/dev/null 2>&1 || true; fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# $1: what for; $2: the package
install_package() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "$1: install the package '$2', then run ./test.sh again." >&2
    exit 1
  fi
  # Several runs may want the same at once.
  (
    flock 9
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$2" >/dev/null
  ) 9>/var/lock/concurrent-sessions-tests
}

find_chromium() {
  browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  [ -n "$browser" ]
}

find_postgres() {
  postgres=$(dirname "$(command -v pg_ctl || true)")
  if [ ! -x "$postgres/initdb" ]; then
    postgres=$(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -V | tail -n 1 || true)
  fi
  [ -n "$postgres" ] && [ -x "$postgres/initdb" ]
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); else "$@"; fi
}

start_postgres() {
  mkdir "$work/data"
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$work/data/password"
  if [ "$(id -u)" = 0 ]; then chown -R postgres "$work/data"; fi
  as_owner "$postgres/initdb" -D "$work/data/db" -U postgres -A password --pwfile="$work/data/password" -E UTF8 --locale=C >/dev/null
  # Somebody else may take a free port before we do: try another.
  for _ in $(seq 20); do
    port=$((20000 + RANDOM % 12000))
    # What it holds need not outlive the machine.
    if as_owner "$postgres/pg_ctl" -D "$work/data/db" -l "$work/data/log" -w -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' \
      -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" start >/dev/null 2>&1; then
      server=$port
      export PORTAL_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Password=$(cat "$work/data/password")"
      return
    fi
  done
  echo "PostgreSQL does not start:" >&2
  tail -n 5 "$work/data/log" >&2
  exit 1
}

filter=()
if [ "$part" = unit ]; then
  filter=(--filter-namespace "ConcurrentSessions.Tests.Unit*" --filter-namespace "ConcurrentSessions.Tests.Components*" --filter-namespace "ConcurrentSessions.Tests.Architecture*")
else
  find_chromium || { install_package "The browser tests need Chromium" chromium && find_chromium; }
  export PORTAL_TEST_BROWSER=$browser
  # The check of an exported audit trail that stands alone is one script of Python.
  command -v python3 >/dev/null || install_package "The tests of the audit ledger need Python 3" python3
  if [ -z "${PORTAL_TEST_POSTGRES:-}" ]; then
    find_postgres || { install_package "The tests need PostgreSQL 13 or newer" postgresql && find_postgres; }
    start_postgres
  fi
fi

passed=0
failed=0
skipped=0
result=0

count() { grep -E "^ *$1: [0-9]+" "$work/output" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }

# $1: the database of the integration tests; then the filter
run_lane() {
  lane=$1
  shift
  # A process group of their own, so that an interrupted run ends all of it.
  set -m
  (PORTAL_TEST_PROVIDER=$lane dotnet test --no-build --solution ConcurrentSessions.sln --no-progress \
    --results-directory "$work/results" --report-xunit-xml --report-xunit-xml-filename "$lane.xml" "$@" 2>&1 </dev/null | tee "$work/output") &
  tests=$!
  set +m
  wait "$tests" || result=1
  tests=
  # Nothing is silently skipped, and a run without tests is no success.
  if [ "$(count succeeded)" = 0 ] || [ "$(count skipped)" != 0 ]; then result=1; fi
  passed=$((passed + $(count succeeded)))
  failed=$((failed + $(count failed)))
  skipped=$((skipped + $(count skipped)))
}

dotnet build ConcurrentSessions.sln --nologo -v quiet || exit 1
run_lane Sqlite "${filter[@]}"
if [ "$part" = all ]; then
  echo "The integration tests once more, on PostgreSQL:"
  run_lane Postgres --filter-namespace "ConcurrentSessions.Tests.Integration*"
  # A promise without a test is as bad as a failed test.
  dotnet run checks/Checks.cs -- docs/checks.md "$work"/results/*.xml || result=1
fi

echo "$passed passed, $failed failed, $skipped skipped"
exit "$result"
