PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/pip-compile --quiet --no-strip-extras --allow-unsafe --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header

.PHONY: run test lint bench fuzz lock

run: $(VENV)/.sandbox-installed
	@$(BIN)/python manage.py sandbox $(ARGS)

test: $(VENV)/.dev-installed
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	DJANGO_SETTINGS_MODULE=tests.checks_settings $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=tests.checks_settings $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

bench: $(VENV)/.bench-installed
	$(BIN)/python -m benchmarks $(ARGS)

fuzz: $(VENV)/.dev-installed
	$(BIN)/python -m tests.fuzz $(ARGS)

lock: $(VENV)/.dev-installed
	$(COMPILE) --extra sandbox --extra dev -o locks/dev.txt pyproject.toml
	$(COMPILE) --extra sandbox -c locks/dev.txt -o locks/sandbox.txt pyproject.toml
	$(COMPILE) -c locks/dev.txt -o locks/runtime.txt pyproject.toml
	$(COMPILE) --extra bench -c locks/dev.txt -o locks/bench.txt pyproject.toml

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.sandbox-installed: locks/sandbox.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.bench-installed: locks/bench.txt | $(VENV)/.dev-installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.dev-installed: locks/dev.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(VENV)/.sandbox-installed
