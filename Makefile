# The first that runs and is at least 3.11: one of these names may be pyenv's shim of a version that is not there.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; \
	done)
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/pip-compile --quiet --no-strip-extras --allow-unsafe --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header

# Bytecode is kept: dozens of processes that a run or the tests start would each compile all modules.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test lint messages fonts bench fuzz lock screenshots pictures

run: $(VENV)/.sandbox-installed
	@$(BIN)/python manage.py sandbox $(ARGS)

test: $(VENV)/.dev-installed
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	DJANGO_SETTINGS_MODULE=tests.checks_settings $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=tests.checks_settings $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

messages: $(VENV)/.dev-installed
	DJANGO_SETTINGS_MODULE=tests.checks_settings $(BIN)/python manage.py makemessages --locale es --no-location --no-wrap \
		--no-obsolete --ignore .venv --ignore 'tests/*' --ignore 'benchmarks/*' --ignore staticfiles
	DJANGO_SETTINGS_MODULE=tests.checks_settings $(BIN)/python manage.py compilemessages --locale es

fonts: $(VENV)/fonts/.installed
	PYTHONPATH=$(VENV)/fonts $(BIN)/python -m tests.fonts $(INTER)

bench: $(VENV)/.bench-installed
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(VENV)/.dev-installed
	SCREENSHOTS=$(or $(DIR),.sandbox/screenshots) $(BIN)/python -m pytest -q tests/browser/screenshots.py

pictures: $(VENV)/.dev-installed
	MORNING_PICTURES=docs/screenshots $(BIN)/python -m pytest -q tests/browser/test_morning.py

fuzz: $(VENV)/.dev-installed
	$(BIN)/python -m tests.fuzz $(ARGS)
	$(BIN)/python -m pytest -n auto --hypothesis-profile=thorough tests/scheduling/interleavings tests/worlds \
		tests/conflicts/resolution/test_random_days.py tests/acceptance/test_load.py

lock: $(VENV)/.dev-installed
	$(COMPILE) --extra sandbox --extra dev -o locks/dev.txt pyproject.toml
	$(COMPILE) --extra sandbox -c locks/dev.txt -o locks/sandbox.txt pyproject.toml
	$(COMPILE) -c locks/dev.txt -o locks/runtime.txt pyproject.toml
	$(COMPILE) --extra bench -c locks/dev.txt -o locks/bench.txt pyproject.toml
	$(COMPILE) -o locks/fonts.txt locks/fonts.in

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is missing (Debian: apt install python3-venv), or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.sandbox-installed: locks/sandbox.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.bench-installed: locks/bench.txt | $(VENV)/.dev-installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# What makes fonts stays apart from what runs and tests.
$(VENV)/fonts/.installed: locks/fonts.txt | $(VENV)/.dev-installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --upgrade --target $(@D) -r $<
	@touch $@

$(VENV)/.dev-installed: locks/dev.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(VENV)/.sandbox-installed
