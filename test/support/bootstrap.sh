#!/usr/bin/env bash
# Installs what this machine lacks to build and test winback, and nothing where nothing is lacking.
#
#   bootstrap.sh build        compiler, Boost, NLopt, PostgreSQL with its headers
#   bootstrap.sh build test   and what the tests need: cmake, GoogleTest, perl's IPC::Run, psycopg2
#   bootstrap.sh build bench  and what the bench needs: python3; its line `fit` also uses python3-scipy if it is there
#   bootstrap.sh report       what `make report` needs: psql, Node.js and npm
#   bootstrap.sh browser      Chromium, in which the tests look at reports
#
# On Debian and its kin it asks apt; elsewhere it says what is missing. No database cluster is made and no service is
# started by it: winback's own server needs neither.
set -euo pipefail
cd "$(dirname "$0")/../.."

pg_config=${PG_CONFIG:-pg_config}
cluster_conf=/etc/postgresql-common/createcluster.d/winback-build.conf

# True if a header can be included by the C++ compiler.
have_header() { command -v g++ && echo "#include <$1>" | g++ -x c++ -fsyntax-only -; } >/dev/null 2>&1

# True if pg_config belongs to a PostgreSQL with server headers and PGXS.
have_server_headers() {
  [ -e "$("$pg_config" --includedir-server 2>/dev/null)/postgres.h" ] && [ -e "$("$pg_config" --pgxs 2>/dev/null)" ]
}

# True if that PostgreSQL has its server programs too.
have_server() { [ -x "$("$pg_config" --bindir 2>/dev/null)/initdb" ]; }

# The major version to install for: the one whose headers are here, else the newest server, else the distribution's.
pg_major() {
  if have_server_headers; then
    "$pg_config" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/'
  elif compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
    ls -d /usr/lib/postgresql/*/bin/postgres | cut -d/ -f5 | sort -n | tail -n 1
  else
    LC_ALL=C apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1
  fi
}

# Prints the packages that are missing, "postgresql" and "postgresql-server-dev" still without their version.
missing_packages() {
  case " $* " in *" build "*)
    command -v g++ >/dev/null || echo g++
    have_header boost/version.hpp || echo libboost-dev
    have_header nlopt.h || echo libnlopt-dev
    have_server_headers || echo postgresql-server-dev
    have_server || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql
  esac
  case " $* " in *" test "*)
    command -v cmake >/dev/null || echo cmake
    have_header gtest/gtest.h || echo libgtest-dev
    command -v prove >/dev/null || echo perl
    perl -MIPC::Run -e 1 2>/dev/null || echo libipc-run-perl
    "${PYTHON:-/usr/bin/python3}" -c 'import psycopg2' 2>/dev/null || echo python3-psycopg2
  esac
  case " $* " in *" bench "*) command -v python3 >/dev/null || echo python3 ;; esac
  case " $* " in *" report "*)
    command -v psql >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/psql' >/dev/null || echo postgresql-client
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    [ -e /etc/ssl/certs/ca-certificates.crt ] || ! command -v apt-get >/dev/null || echo ca-certificates
  esac
  case " $* " in *" browser "*)
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
      echo chromium
  esac
}

# Runs a command as root.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Keeps the PostgreSQL packages from making a cluster of their own while we install them, and only then.
hold_back_cluster() {
  as_root mkdir -p "$(dirname "$cluster_conf")"
  echo 'create_main_cluster = false' | as_root tee "$cluster_conf" >/dev/null
  trap 'as_root rm -f "$cluster_conf"; as_root rmdir "$(dirname "$cluster_conf")" 2>/dev/null || true' EXIT
}

# apt-get without questions, its output in the log; the log's end is shown if it fails.
quiet_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y "$@" >>"$log" 2>&1 </dev/null || {
    tail -n 20 "$log" >&2
    echo "apt-get $1 failed; its whole output is in $log" >&2
    exit 1
  }
}

mapfile -t missing < <(missing_packages "$@")
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "missing on this machine (by the names of Debian's packages): ${missing[*]}" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
  echo "missing on this machine: ${missing[*]}" >&2
  echo "run this as root, or install them (and sudo) first" >&2
  exit 1
fi

mkdir -p build
log=build/bootstrap.log
: >"$log"
echo "installing what is missing with apt (a minute or two): ${missing[*]}"
quiet_apt update
major=$(pg_major)
if [ -z "$major" ]; then
  echo "apt knows no PostgreSQL; set PG_CONFIG to the pg_config of one that is installed" >&2
  exit 1
fi
packages=()
for package in "${missing[@]}"; do
  case $package in postgresql | postgresql-server-dev) package+=-$major ;; esac
  packages+=("$package")
done
hold_back_cluster
quiet_apt install --no-install-recommends "${packages[@]}"

mapfile -t missing < <(missing_packages "$@")
if [ ${#missing[@]} -gt 0 ]; then
  echo "still missing after the installation: ${missing[*]} (see $log)" >&2
  exit 1
fi
