#!/usr/bin/env bash
# The topology of docs/deploy.md on one machine, without containers: PostgreSQL, portal nodes published in Release, nginx with TLS.
# Everything listens on 127.0.0.1 only. Linux; installs Debian packages when root, else says which are missing.
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  cat <<'TEXT'
usage: bench/cluster.sh COMMAND

  up [N]          starts what is not running of PostgreSQL, N nodes (1 to 3, default 2) and nginx; prints where everything is
  up --sqlite     one node on a SQLite file instead of PostgreSQL
  status          prints it again
  restart [N]     restarts all nodes one after the other, or node N, as an operator would; nobody is signed out
  stop N          ends one node gracefully; kill N ends it at once (SIGKILL); "up" brings it back
  verb WORDS...   runs an operator's verb with the nodes' settings, for example: verb users add a@b.test --password-stdin
  psql WORDS...   psql on the portal's database, as its own role
  down [--keep]   ends what "up" started and deletes the database and the mails, or keeps them for the next "up"

environment:
  CLUSTER_DIR     where data, settings and logs are (default: a folder in TMPDIR or /tmp)
  CLUSTER_PORTAL  a published portal to run, instead of publishing this source tree at "up"
  CLUSTER_POSTGRES  further options for the PostgreSQL server, like "-c fsync=off"
  any setting of the portal (Sessions__Limit=5 ...) is passed on to the nodes that are started
TEXT
}

say() { printf '%s\n' "$*"; }
fail() { printf 'cluster: %s\n' "$*" >&2; exit 1; }

dir=${CLUSTER_DIR:-${TMPDIR:-/tmp}/concurrent-sessions-cluster-$(id -u)}
settings=$dir/settings

# --- what was started, and whether it still is that ------------------------------------------------------------------------------
# A pid alone may belong to somebody else by now: its start time is kept with it.

started_at() { # PID
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  set -- $stat
  [ "$1" != Z ] && echo "${20}"
}
record() { echo "$2 $(started_at "$2")" > "$dir/pids/$1"; } # NAME PID
pid_of() { # NAME: prints the pid while that very process lives
  local pid since
  read -r pid since 2>/dev/null < "$dir/pids/$1" || return 1
  [ "$(started_at "$pid")" = "$since" ] && echo "$pid"
}
end() { # NAME SIGNAL SECONDS: true when it is gone
  local pid waited=0
  pid=$(pid_of "$1") || { rm -f "$dir/pids/$1"; return 0; }
  kill "-$2" "$pid" 2>/dev/null || true
  while pid_of "$1" >/dev/null; do
    [ $((waited += 1)) -le $(($3 * 10)) ] || return 1
    sleep 0.1
  done
  rm -f "$dir/pids/$1"
}
launch() { # NAME LOG COMMAND...: lives on when this script and its terminal end
  local name=$1 log=$2
  shift 2
  setsid "$@" </dev/null >>"$log" 2>&1 &
  record "$name" $!
}

# --- what the machine must have --------------------------------------------------------------------------------------------------

need() { # COMMAND PACKAGE ...
  local missing=()
  while [ $# -gt 0 ]; do
    command -v "$1" >/dev/null || missing+=("$2")
    shift 2
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    fail "install these packages (their Debian names), then try again: ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  # Installing must start nothing: the packages' own services would take their usual ports.
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    trap "rm -f $policy" EXIT
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod 755 $policy
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  hash -r
}
postgres_bin() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(command -v postgres) || return 1
  dirname "$found"
}
PATH=$PATH:/usr/sbin:/sbin

# --- settings of this cluster, made once and kept in a file that only its owner reads ---------------------------------------------

free_port() { # FIRST: the next port that nobody listens on and nobody here was given
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || grep -qs "=$port\$" "$settings"; do port=$((port + 1)); done
  echo "$port"
}
keep() { grep -qs "^$1=" "$settings" || printf '%s=%s\n' "$1" "$2" >> "$settings"; } # NAME VALUE: the first value stays
forget() { sed -i "/^$1=/d" "$settings"; }
secret() { openssl rand -hex 16; }

prepare() { # NODES DATABASE
  mkdir -p "$dir"
  [ -O "$dir" ] || fail "$dir belongs to somebody else; set CLUSTER_DIR"
  chmod 711 "$dir" # user postgres passes through
  mkdir -p "$dir"/{pids,logs,mail,nginx,tls}
  chmod 700 "$dir"/{pids,logs,mail,nginx,tls}
  [ -e "$settings" ] || rm -f "$dir"/logs/*
  (umask 077; touch "$settings")
  forget NODES; forget DATABASE
  keep NODES "$1"; keep DATABASE "$2"
  keep HTTPS_PORT "$(free_port 8443)"
  keep HTTP_PORT "$(free_port 8080)"
  keep POSTGRES_PORT "$(free_port 5440)"
  keep NODE1_PORT "$(free_port 5101)"
  keep NODE2_PORT "$(free_port 5101)"
  keep NODE3_PORT "$(free_port 5101)"
  keep POSTGRES_ADMIN_PASSWORD "$(secret)"
  keep PORTAL_DB_PASSWORD "$(secret)"
  keep ADMIN_EMAIL admin@cluster.test
  keep ADMIN_PASSWORD "$(secret)"
  keep CERTIFICATE_PASSWORD "$(secret)"
  . "$settings"
  certificates
}

certificates() {
  if [ ! -s "$dir/tls/portal.crt" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=localhost" \
      -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -keyout "$dir/tls/portal.key" -out "$dir/tls/portal.crt" 2>/dev/null
  fi
  if [ ! -s "$dir/tls/keyring.pfx" ]; then # encrypts the Data Protection keys in the database; RSA, as .NET asks
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=ConcurrentSessions key ring" \
      -keyout "$dir/tls/keyring.key" -out "$dir/tls/keyring.crt" 2>/dev/null
    CERTIFICATE_PASSWORD=$CERTIFICATE_PASSWORD openssl pkcs12 -export -passout env:CERTIFICATE_PASSWORD \
      -inkey "$dir/tls/keyring.key" -in "$dir/tls/keyring.crt" -out "$dir/tls/keyring.pfx"
    rm "$dir/tls/keyring.key"
  fi
}

# --- PostgreSQL --------------------------------------------------------------------------------------------------------------------

as_postgres() { # the server refuses to run as root
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}
start_postgres() {
  local bin home=$dir/postgres data=$dir/postgres/data
  bin=$(postgres_bin)
  if [ ! -e "$home/made" ]; then
    rm -rf "$home"
    mkdir -m 700 "$home"
    (umask 077; echo "$POSTGRES_ADMIN_PASSWORD" > "$home/password")
    [ "$(id -u)" != 0 ] || chown -R postgres: "$home"
    as_postgres "$bin/initdb" -D "$data" -U postgres -E UTF8 --locale=C.UTF-8 -A scram-sha-256 --pwfile="$home/password" \
      >"$dir/logs/initdb.log" 2>&1 || { cat "$dir/logs/initdb.log" >&2; fail "PostgreSQL makes no data folder"; }
    rm "$home/password"
  fi
  if ! as_postgres "$bin/pg_ctl" -D "$data" status >/dev/null; then
    as_postgres "$bin/pg_ctl" -D "$data" -l "$home/server.log" -w -t 60 start -o "-p $POSTGRES_PORT -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories='' -c max_connections=200 ${CLUSTER_POSTGRES:-}" >/dev/null ||
      fail "PostgreSQL does not start: $home/server.log"
  fi
  record postgres "$(head -n 1 "$data/postmaster.pid")"
  if [ ! -e "$home/made" ]; then
    PGPASSWORD=$POSTGRES_ADMIN_PASSWORD PORTAL_DB_PASSWORD=$PORTAL_DB_PASSWORD \
      psql -qX -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres -d postgres -f "$repo/deploy/database.sql"
    touch "$home/made"
  fi
}
stop_postgres() {
  pid_of postgres >/dev/null || { rm -f "$dir/pids/postgres"; return 0; }
  end postgres INT 30 || end postgres QUIT 30 # fast, then immediate
}

# --- the nodes ----------------------------------------------------------------------------------------------------------------------

publish() {
  portal=${CLUSTER_PORTAL:-$dir/portal}
  if [ -z "${CLUSTER_PORTAL:-}" ]; then
    command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing"
    say "publishing the portal"
    dotnet publish "$repo/ConcurrentSessions.Web" -c Release -o "$portal" --nologo -v quiet
  fi
  [ -x "$portal/ConcurrentSessions.Web" ] || fail "there is no published portal in $portal"
  forget PORTAL; keep PORTAL "$portal"
}
with_settings() { # COMMAND...: what a node is told, besides what the caller has exported
  local database
  if [ "$DATABASE" = Postgres ]; then
    # The pools of all nodes, and one connection each for signals, must fit max_connections.
    database="Host=127.0.0.1;Port=$POSTGRES_PORT;Database=portal;Username=portal;Password=$PORTAL_DB_PASSWORD;Maximum Pool Size=50;GSS Encryption Mode=Disable"
  else
    database="Data Source=$dir/portal.db"
  fi
  ASPNETCORE_ENVIRONMENT=Production \
  Portal__PublicUrl=https://localhost:$HTTPS_PORT \
  Portal__KnownProxies__0=127.0.0.1 \
  Portal__PostsPerMinute=${Portal__PostsPerMinute:-1000000} \
  AllowedHosts="localhost;127.0.0.1" \
  Database__Provider=$DATABASE \
  ConnectionStrings__Portal=$database \
  DataProtection__Certificate=$dir/tls/keyring.pfx \
  DataProtection__CertificatePassword=$CERTIFICATE_PASSWORD \
  Bootstrap__AdminEmail=$ADMIN_EMAIL \
  Bootstrap__AdminPassword=$ADMIN_PASSWORD \
  Email__PickupDirectory=${Email__PickupDirectory:-$dir/mail} \
    "$@"
}
node_port() { local name=NODE$1_PORT; echo "${!name}"; }
start_node() { # NUMBER
  pid_of "node$1" >/dev/null && return 0
  ASPNETCORE_URLS=http://127.0.0.1:$(node_port "$1") with_settings \
    launch "node$1" "$dir/logs/node$1.log" "$PORTAL/ConcurrentSessions.Web"
}
await_node() { # NUMBER
  local waited=0
  until curl -sf -m 5 -o /dev/null "http://127.0.0.1:$(node_port "$1")/health/ready"; do
    pid_of "node$1" >/dev/null || { tail -n 20 "$dir/logs/node$1.log" >&2; fail "node $1 has ended; its log is $dir/logs/node$1.log"; }
    [ $((waited += 1)) -le 300 ] || fail "node $1 is not ready after a minute; its log is $dir/logs/node$1.log"
    sleep 0.2
  done
}
nodes() { seq 1 "$NODES"; }
is_node() { [[ ${1:-} =~ ^[1-3]$ ]] && [ "$1" -le "$NODES" ] || fail "there are nodes 1 to $NODES"; }

# --- nginx --------------------------------------------------------------------------------------------------------------------------

configure_nginx() {
  local n servers=
  for n in $(nodes); do servers+="server 127.0.0.1:$(node_port "$n") max_fails=3 fail_timeout=5s; "; done
  export PORTAL_SERVERS=$servers PORTAL_URL=https://localhost:$HTTPS_PORT
  export PORTAL_LISTEN=127.0.0.1:$HTTPS_PORT PORTAL_PLAIN_LISTEN=127.0.0.1:$HTTP_PORT
  export PORTAL_TLS_CERTIFICATE=$dir/tls/portal.crt PORTAL_TLS_KEY=$dir/tls/portal.key PORTAL_ACCESS_LOG=$dir/logs/nginx-access.log
  export CLUSTER_DIR=$dir CLUSTER_USER= CLUSTER_MIME_TYPES=/etc/nginx/mime.types
  [ "$(id -u)" != 0 ] || CLUSTER_USER="user root;" # the workers' own user could not enter the folder
  fill "$repo/deploy/nginx.conf.template" > "$dir/nginx/portal.conf"
  fill "$repo/bench/cluster/nginx.conf.template" > "$dir/nginx/nginx.conf"
}
fill() { # FILE: only our words; nginx's own $names stay
  envsubst "$(printf '${%s} ' PORTAL_SERVERS PORTAL_URL PORTAL_LISTEN PORTAL_PLAIN_LISTEN PORTAL_TLS_CERTIFICATE PORTAL_TLS_KEY \
    PORTAL_ACCESS_LOG CLUSTER_DIR CLUSTER_USER CLUSTER_MIME_TYPES)" < "$1"
}
start_nginx() {
  configure_nginx
  local command=(nginx -e "$dir/logs/nginx-error.log" -c "$dir/nginx/nginx.conf")
  "${command[@]}" -t -q || fail "the configuration of nginx is wrong"
  if pid_of nginx >/dev/null; then
    kill -HUP "$(pid_of nginx)"
  else
    launch nginx "$dir/logs/nginx-error.log" "${command[@]}"
  fi
  local waited=0
  until curl -ksf -m 5 -o /dev/null "https://localhost:$HTTPS_PORT/health/ready"; do
    pid_of nginx >/dev/null || { tail -n 5 "$dir/logs/nginx-error.log" >&2; fail "nginx has ended"; }
    [ $((waited += 1)) -le 50 ] || fail "nginx does not reach the nodes: $dir/logs/nginx-error.log"
    sleep 0.2
  done
}

# --- commands -----------------------------------------------------------------------------------------------------------------------

load() { [ -s "$settings" ] || fail "nothing was started; see: bench/cluster.sh up"; . "$settings"; }

up() {
  local count=2 database=Postgres n
  case ${1:-} in
    "") [ ! -s "$settings" ] || { . "$settings"; count=$NODES database=$DATABASE; } ;;
    --sqlite) count=1 database=Sqlite ;;
    [1-3]) count=$1 ;;
    *) usage >&2; exit 2 ;;
  esac
  [ ! -s "$settings" ] || . "$settings"
  [ "${DATABASE:-$database}" = "$database" ] || ! any_running || fail "it runs on $DATABASE: bench/cluster.sh down first"
  need openssl openssl nginx nginx envsubst gettext-base curl curl
  [ "$database" = Sqlite ] || postgres_bin >/dev/null || need postgres postgresql psql postgresql-client
  prepare "$count" "$database"
  for n in 3 2 1; do # fewer than before
    [ "$n" -le "$count" ] || end "node$n" TERM 40 || end "node$n" KILL 5
  done
  [ "$database" = Sqlite ] || start_postgres
  # A portal that runs is not published over.
  if [ -n "${CLUSTER_PORTAL:-}" ] || [ -z "${PORTAL:-}" ] || ! any_node; then publish; fi
  . "$settings"
  for n in $(nodes); do start_node "$n"; done # at once: the first to come migrates, the others wait
  for n in $(nodes); do await_node "$n"; done
  start_nginx
  status
}
any_node() { local n; for n in 1 2 3; do pid_of "node$n" >/dev/null && return 0; done; return 1; }
any_running() { any_node || pid_of nginx >/dev/null || pid_of postgres >/dev/null; }

line() { printf '%-11s %-28s %-13s %s\n' "$@"; }
state() { local pid; if pid=$(pid_of "$1"); then echo "pid $pid"; else echo "not running"; fi; }
status() {
  load
  local n
  line portal "https://localhost:$HTTPS_PORT" "" "administrator: $ADMIN_EMAIL, password: $ADMIN_PASSWORD"
  line nginx "127.0.0.1:$HTTPS_PORT, $HTTP_PORT" "$(state nginx)" "$dir/logs/nginx-access.log, nginx-error.log"
  for n in $(nodes); do line "node $n" "http://127.0.0.1:$(node_port "$n")" "$(state "node$n")" "$dir/logs/node$n.log"; done
  if [ "$DATABASE" = Postgres ]; then
    line postgresql "127.0.0.1:$POSTGRES_PORT" "$(state postgres)" "$dir/postgres/server.log; bench/cluster.sh psql"
  else
    line sqlite "" "" "$dir/portal.db"
  fi
  line mails "" "" "$dir/mail"
  line settings "" "" "$settings"
}

restart() { # [NUMBER]
  load
  local n only=${1:-}
  [ -z "$only" ] || is_node "$only"
  for n in ${only:-$(nodes)}; do
    end "node$n" TERM 40 || end "node$n" KILL 5
    start_node "$n"
    await_node "$n"
    say "node $n is back, pid $(pid_of "node$n")"
    # nginx remembers for fail_timeout (5 s) that a node was away; the next must not leave before it trusts this one again.
    [ "$n" = "${only:-$NODES}" ] || sleep 6
  done
}

down() {
  [ -s "$settings" ] || { say "nothing was started"; return 0; }
  . "$settings"
  local n
  end nginx TERM 10 || end nginx KILL 5
  for n in 1 2 3; do ! pid_of "node$n" >/dev/null || kill "$(pid_of "node$n")"; done
  for n in 1 2 3; do end "node$n" TERM 40 || end "node$n" KILL 5; done
  stop_postgres || fail "PostgreSQL does not end: $dir/postgres/server.log"
  if [ "${1:-}" != --keep ]; then
    rm -rf "$dir/postgres" "$dir/mail" "$dir/nginx" "$dir/tls" "$settings"
    rm -f "$dir"/portal.db*
  fi
  say "ended; the logs are in $dir/logs"
}

one() { # SIGNAL NUMBER
  load
  is_node "${2:-}"
  end "node$2" "$1" 40 || fail "node $2 does not end"
}

case ${1:-} in
  up) up "${2:-}" ;;
  status) status ;;
  restart) restart "${2:-}" ;;
  stop) one TERM "${2:-}" ;;
  kill) one KILL "${2:-}" ;;
  down) down "${2:-}" ;;
  verb) load; shift; with_settings "$PORTAL/ConcurrentSessions.Web" "$@" ;;
  psql) load; shift; PGPASSWORD=$PORTAL_DB_PASSWORD psql -X -h 127.0.0.1 -p "$POSTGRES_PORT" -U portal -d portal "$@" ;;
  *) usage >&2; exit 2 ;;
esac
