# winback: whatever needs a PostgreSQL server is built, installed and tested from here.
# What needs none (core, unit tests, sanitizers) is CMakeLists.txt's.

PG_CONFIG ?= pg_config

COMMANDS = help demo demo-stop report check check-server check-unit check-regress check-recipes check-isolation \
	check-model check-tap check-report check-figures soak bench
ifneq ($(filter $(COMMANDS),$(MAKECMDGOALS)),)
include test/support/commands.mk
else

EXTENSION = winback
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" winback.control)
MODULE_big = winback
OBJS = $(patsubst %.cpp,%.o,$(sort $(wildcard src/*.cpp src/*/*.cpp)))
OUR_HEADERS = $(wildcard src/*.hpp src/*/*.hpp)
DATA_built = $(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = $(DATA_built) build

# clang 14 cannot compile libstdc++ 12's C++20 headers to bitcode, and JIT would gain nothing in triggers.
override with_llvm = no

PG_CXXFLAGS = -std=c++20 -Wall -Wextra -Wno-register
# Server headers are not ours to mend: as system headers they warn about nothing.
PG_CPPFLAGS = -I$(CURDIR)/src -isystem $(shell $(PG_CONFIG) --includedir-server)
SHLIB_LINK = -lstdc++ -lnlopt -Wl,--version-script=src/exports.map

PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq ($(wildcard $(PGXS)),)
$(error no PGXS by $(PG_CONFIG): install postgresql-server-dev or set PG_CONFIG; `make check` and `make demo` do so)
endif
include $(PGXS)

$(OBJS): $(OUR_HEADERS)
$(shlib): src/exports.map

# The install script is the topic files in order. The ledger's DDL, which init() runs in the user's database, becomes
# the bodies of two functions in it: its tables (1 to 4), and its views and triggers (5 to 9), which can be made again.
INSTALL_SQL = $(sort $(wildcard src/sql/*.sql))
LEDGER_TABLES = $(sort $(wildcard src/sql/ledger/[1-4]*.sql))
LEDGER_CODE = $(sort $(wildcard src/sql/ledger/[5-9]*.sql))
TABLES_COMMENT = the tables of the ledger with @client_type@ for the type of its keys
CODE_COMMENT = the views and triggers of the ledger with @client_equals@ for the equality of its keys
ledger_function = echo 'CREATE FUNCTION winback.$(1)() RETURNS text LANGUAGE sql IMMUTABLE'; \
	echo 'SET search_path = pg_catalog, pg_temp AS $$function$$ SELECT $$ledger$$'; cat $(2); \
	echo '$$ledger$$ $$function$$;'; echo "COMMENT ON FUNCTION winback.$(1)() IS '$(3)';"
$(DATA_built): $(INSTALL_SQL) $(LEDGER_TABLES) $(LEDGER_CODE) winback.control
	@echo "making $@"
	@{ cat $(firstword $(INSTALL_SQL)); \
	   $(call ledger_function,_ledger_tables,$(LEDGER_TABLES),$(TABLES_COMMENT)); \
	   $(call ledger_function,_ledger_code,$(LEDGER_CODE),$(CODE_COMMENT)); \
	   cat $(wordlist 2,$(words $(INSTALL_SQL)),$(INSTALL_SQL)); } > $@

endif
