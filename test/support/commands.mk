# The goals that a person types. They are made without PGXS, because they begin on machines that have no PostgreSQL yet:
# each first sees to what the machine lacks, and then calls make again for what PGXS builds.

export PG_CONFIG ORDERS CALLS MINUTES SEED LIVES ONLY ROUNDS SCALE DB OUT
# What is given here is not meant for PGXS, to which DATA is a list of files to install.
MAKEOVERRIDES =
unexport DATA
SHELL = /bin/bash

.PHONY: $(COMMANDS)

help:
	@echo 'make demo           a shop with lost clients, on a PostgreSQL of its own (ORDERS=, CALLS= for your own CSV)'
	@echo 'make demo-stop      ends the demo and removes its data'
	@echo 'make report         one HTML page of charts from a database (DB=name, OUT=report.html; PGHOST= ... for libpq)'
	@echo 'make check          every test: check-unit, and check-server = check-regress, check-recipes,'
	@echo '                   check-isolation, check-model, check-tap, check-report'
	@echo 'make soak           random histories against plain SQL, until something differs (MINUTES=60, SEED=)'
	@echo 'make check-figures  figures on real order files, against plain SQL (DATA=folder of the files)'
	@echo 'make bench          what it costs, in one table (ONLY=insert,copy for some lines, SCALE=0.01 for a trial)'
	@echo 'make, make install  PGXS: builds and installs the extension for the PostgreSQL of PG_CONFIG'

demo:
	@test/support/bootstrap.sh build
	@demo/demo.sh start

demo-stop:
	@demo/demo.sh stop

report:
	@test/support/bootstrap.sh report
	@report/report.sh

check:
	@test/support/bootstrap.sh build test report browser
	@test/support/check.sh unit regress recipes isolation model tap report

check-server:
	@test/support/bootstrap.sh build test report browser
	@test/support/check.sh regress recipes isolation model tap report

check-unit check-regress check-recipes check-isolation check-model check-tap:
	@test/support/bootstrap.sh build test
	@test/support/check.sh $(@:check-%=%)

check-report:
	@test/support/bootstrap.sh build report browser
	@test/support/check.sh report

check-figures:
	@test/support/bootstrap.sh build
	@test/figures/figures.sh $(DATA)

soak:
	@test/support/bootstrap.sh build test
	@test/model/soak.sh

bench:
	@test/support/bootstrap.sh build bench
	@test/bench/bench.sh
