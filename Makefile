# The commands of the README. Each installs what it needs into .venv first; PYTHON chooses the interpreter (3.10 or newer).
PYTHON ?= python3
BIN := .venv/bin
# Wheels only of pydantic-core: the newest Python may have one for another release of pydantic than pip would build.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --only-binary pydantic-core
NOX := $(BIN)/nox --no-error-on-missing-interpreters
PYTEST_ARGS ?= -n 3 --dist worksteal
# Images set it: each of the tests' hundreds of processes would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all test-pythons test-server test-lowest test-newest test-tools test-infra test-newest-tools test-packages test-leaks test-urllib3-1 smoke lint docs build coverage format bench bench-check record-aws clean

demo: .venv/core
	$(BIN)/python examples/demo.py

test: .venv/dev
	@echo "The whole suite: some 10 minutes on 2 cores; PYTEST_ARGS='-n 0 tests/state' runs a part."
	@echo "What needs more than pip is skipped without it: node and npm, go, chromium with chromedriver, the aws command, curl."
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-all: .venv/dev
	$(NOX)

# WHOLE: the Pythons of the whole suite; SMOKE: those of the main paths.
WHOLE ?= 3.10 3.13 3.14
SMOKE ?= 3.11 3.12 3.15

test-pythons: .venv/dev
	$(NOX) --session $(WHOLE:%=tests-%) $(SMOKE:%=smoke-%)

# The whole suite on Python 3.14, and how much of the code it runs.
coverage: .venv/dev
	$(NOX) --session coverage

# LOWEST_ARGS: those of pytest, such as "--ignore tests/runtime".
test-lowest: .venv/dev
	$(NOX) --session lowest -- $(LOWEST_ARGS)

# NEWEST_ARGS: those of pytest, such as "-m smoke" for the main paths.
test-newest: .venv/dev
	$(NOX) --session newest -- $(NEWEST_ARGS)

# SERVER_ARGS: those of pytest, such as "--last-failed".
test-server: .venv/dev
	$(BIN)/python tests/against_server.py -m "not in_process and not slow" -o cache_dir=.pytest_cache/server $(SERVER_ARGS)

smoke: .venv/dev
	$(NOX) --session smoke

test-tools: .venv/dev
	$(NOX) --session tools

test-infra: .venv/dev
	$(NOX) --session infra

test-packages: .venv/dev
	$(NOX) --session packages

test-newest-tools: .venv/dev
	$(NOX) --session newest_tools

# Thousands of mocks, and many threads: nothing is left behind, nothing is crossed.
test-leaks: .venv/dev
	$(BIN)/python -m pytest -m slow tests/test_leaves_nothing.py tests/test_many_at_once.py

test-urllib3-1: .venv/dev
	$(NOX) --session urllib3_1

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg

# The site, in site/: strict, so that a link or an anchor that leads nowhere fails.
docs: .venv/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

# The sdist and the wheel, checked, and the sdist's tests of the main paths against the installed wheel.
build: .venv/dev
	$(NOX) --session build

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev
	$(BIN)/python -m benchmarks

bench-check: .venv/dev
	$(BIN)/python -m benchmarks --check

# RECORD_ARGS say where: without them nothing is asked, and the words say which there are.
record-aws: .venv/dev
	@PYTHONPATH=tests $(BIN)/python -m support.recording $(RECORD_ARGS)

clean:
	rm -rf site .coverage* .venv .nox .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/core: .venv/bin/python setup.cfg pyproject.toml
	$(PIP) --editable .
	touch $@

.venv/dev: .venv/core
	$(PIP) --editable '.[dev]'
	touch $@

.venv/docs: .venv/core
	$(PIP) --editable '.[docs]'
	touch $@
