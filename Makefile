# Two commands do everything on a bare Debian or Ubuntu: make run, make test.
PYTHON ?=
PYTEST_OPTIONS ?=
export PYTHON

# A window needs a display; where there is none, Xvfb lends one for the time of the command.
WITH_DISPLAY = $(if $(DISPLAY)$(WAYLAND_DISPLAY),,$(if $(shell command -v xvfb-run),xvfb-run -a -s "-screen 0 1600x1000x24"))

.PHONY: help run test test-long benchmarks samples clean

help:
	@echo "make run         set everything up, then open Proofdesk on the sample project"
	@echo "                 (without a display: do the main job and print what it made)"
	@echo "make test        set everything up, then run all tests"
	@echo "make test-long   run the tests that take an hour: changed files, kills, power cuts, turned bits, failing calls"
	@echo "make benchmarks  print the figures for speed and memory"
	@echo "make samples     make the sample documents again"
	@echo "make clean       remove .venv and what the tools left"

run:
	@sh installer/bootstrap.sh run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then .venv/bin/proofdesk open --sample; \
	else .venv/bin/proofdesk demo --out demo-output; fi

test:
	@sh installer/bootstrap.sh test
	@$(WITH_DISPLAY) .venv/bin/python -m pytest -n 2 --dist loadfile $(PYTEST_OPTIONS)

test-long:
	@sh installer/bootstrap.sh test
	@$(WITH_DISPLAY) .venv/bin/python -m pytest -n 2 -m long $(PYTEST_OPTIONS)

benchmarks:
	@sh installer/bootstrap.sh test
	@for benchmark in tests/benchmarks/*.py; do $(WITH_DISPLAY) .venv/bin/python $$benchmark || exit 1; done

samples:
	@sh installer/bootstrap.sh run
	@.venv/bin/python -m model_backend.synthesis.samples resources/samples

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache demo-output
