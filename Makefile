# Every target makes its own virtual environment in .venv, once for each state of the lock files and pyproject.toml:
# with what running needs (requirements.lock), or with what testing and checking need as well (requirements-dev.lock).
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
TESTING := .venv/.testing
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo exercise test test-full check clean

demo: $(READY)
	$(BIN)/parley demo

exercise: $(READY)
	$(BIN)/parley demo --exercise

test: $(TESTING)
	$(BIN)/pytest -n auto -m "not slow"

test-full: $(TESTING)
	$(BIN)/pytest -n auto

check: $(TESTING)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The editable build is isolated: pip fetches hatchling for it by itself.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Parley needs Python 3.11 or newer: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "Debian keeps the module venv apart: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps -e .
	touch $@

$(TESTING): $(READY) requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	touch $@

# Removes what these targets made; the data folders of demos stay.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
