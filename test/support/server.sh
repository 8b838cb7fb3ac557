# To be sourced: a PostgreSQL of our own, with the staged build of winback in it.
#
# The server refuses to run as root, so for root it runs as an unprivileged user, in a *place*: a directory which that
# user owns and can reach. Places are folders of build/, or, where the user cannot reach those or their path is too
# long for a socket, folders of /var/tmp to which build/ then holds a link.
#
#   place/data     the cluster            place/server.log
#   place/stage    the staged build       place/winback.conf   the settings that make a server use it
#   (the socket stands in the place itself; no TCP port is opened)

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
export PG_CONFIG=${PG_CONFIG:-pg_config}
bindir=$("$PG_CONFIG" --bindir)
python=${PYTHON:-/usr/bin/python3}  # the one for which the distribution packages psycopg2
unset PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS PGSERVICE PGPASSWORD PGDATA
export PGCLIENTENCODING=UTF8 LC_ALL=C.UTF-8

if [ "$(id -u)" != 0 ]; then
  server_user=$(id -un)
elif id postgres >/dev/null 2>&1; then
  server_user=postgres
else
  server_user=nobody
fi

# Runs a command as the server's user; from /, because that user may not enter the present directory.
as_server_user() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec runuser -u "$server_user" -- "$@")
  else
    (cd / && exec "$@")
  fi
}

# Hands files over to the server's user.
give() {
  if [ "$(id -u)" = 0 ]; then chown -R "$server_user" "$@"; fi
}

# Sets $place to an empty place called $1, after ending the server that may still run in it.
make_place() {
  place=$top/build/$1
  clear_place "$1"
  mkdir -p "$place"
  chmod 700 "$place"
  give "$place"
  if [ ${#place} -gt 80 ] || ! as_server_user test -w "$place" 2>/dev/null; then
    rmdir "$place"
    place=$(mktemp -d "/var/tmp/winback-$1.XXXXXX")
    give "$place"
    ln -s "$place" "$top/build/$1"
    echo "the server cannot work in $top/build: its files are in $place"
  fi
}

# Ends the server of the place called $1, if one runs, and removes the place.
clear_place() {
  local link=$top/build/$1 real
  [ -e "$link" ] || { rm -f "$link"; return 0; }
  real=$(readlink -f "$link")
  stop_server "$real"
  rm -rf "$real" "$link"
}

# Builds the extension and puts it into the present place; where the server knows no extension_destdir (a patch of
# Debian's) it is installed for the whole system.
stage_build() {
  local make=${MAKE:-make}
  "$make" --no-print-directory -s -j"$(nproc)" all
  if "$bindir/postgres" --describe-config | grep '^extension_destdir' >/dev/null; then
    "$make" --no-print-directory -s install DESTDIR="$place/stage" >/dev/null
    chmod -R go+rX "$place/stage"
    give "$place/stage"
    cat >"$place/winback.conf" <<CONF
extension_destdir = '$place/stage'
dynamic_library_path = '$place/stage$("$PG_CONFIG" --pkglibdir):\$libdir'
CONF
  else
    echo "this PostgreSQL cannot load a staged build: installing winback for the whole system"
    if [ -w "$("$PG_CONFIG" --pkglibdir)" ]; then
      "$make" --no-print-directory -s install >/dev/null
    else
      sudo "$make" --no-print-directory -s install PG_CONFIG="$PG_CONFIG" >/dev/null
    fi
    : >"$place/winback.conf"
  fi
  give "$place/winback.conf"
}

# Makes a cluster in the present place and starts it, with further settings from standard input.
start_server() {
  as_server_user "$bindir/initdb" -D "$place/data" -U postgres -A trust --no-locale -E UTF8 -N \
    >"$place/initdb.log" 2>&1 || { cat "$place/initdb.log" >&2; return 1; }
  {
    cat "$place/winback.conf"
    cat <<CONF
listen_addresses = ''
unix_socket_directories = '$place'
fsync = off
synchronous_commit = off
full_page_writes = off
log_timezone = 'UTC'
timezone = 'UTC'
CONF
    cat
  } >>"$place/data/postgresql.conf"
  as_server_user "$bindir/pg_ctl" -D "$place/data" -l "$place/server.log" -w -s start </dev/null || {
    tail -n 20 "$place/server.log" >&2
    return 1
  }
  export PGHOST=$place PGPORT=5432 PGUSER=postgres
}

# Ends the server of a place, if one runs there.
stop_server() {
  if [ -e "$1/data/postmaster.pid" ]; then
    as_server_user "$bindir/pg_ctl" -D "$1/data" -m fast -w -s stop || true
  fi
}

# psql that neither reads a user's start file nor goes on after an error, nor waits in a pager.
sql() { "$bindir/psql" -X -q -P pager=off -v ON_ERROR_STOP=1 "$@"; }
