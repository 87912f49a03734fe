# Run `make` to see what there is. Everything needs only Python and this folder.
PYTHON ?= python3
BIN    := .venv/bin
STAMP  := .venv/.installed
LOCAL  := $(BIN)/python -m deploy.local

.DEFAULT_GOAL := help
.PHONY: help install demo up down reset status token audit test test-fast test-soak test-faults test-openapi bench bench-intake \
        check lint format types imports advisories migrate revision drift states lock

help: ## Show this
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

##@ Try it

install: $(STAMP) ## Make .venv from the hashed lock; the other targets do it when needed

demo: $(STAMP) ## Play a day of a community on an engine of its own (ARGS=--exit ends after it)
	$(BIN)/python -m deploy.demo $(ARGS)

##@ Run it on this machine

up: $(STAMP) ## Start PostgreSQL, Temporal, worker and API with the demo town; print where they are
	$(LOCAL) up $(ARGS)
	$(BIN)/python -m deploy.demo.furnish

down: $(STAMP) ## Stop all of them; the data stay
	$(LOCAL) down

reset: $(STAMP) ## Stop all of them and delete the data
	$(LOCAL) reset

status: $(STAMP) ## Say what runs
	@$(LOCAL) status || true

token: $(STAMP) ## Print a bearer token (ARGS="lin --role staff --department water")
	@$(LOCAL) token $(ARGS)

audit: $(STAMP) ## Verify the audit log (ARGS="verify --anchor FILE", "anchor FILE", "close")
	@$(LOCAL) audit $(or $(ARGS),verify)

##@ Prove it

test: $(STAMP) ## Run all tests, two files at a time (ARGS="-k meeting")
	$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

test-fast: $(STAMP) ## Run the tests that need no server
	$(BIN)/pytest -n 2 tests/domain tests/house $(ARGS)

test-soak: $(STAMP) ## Run the tests that take minutes: an issue of 5,000 notes
	$(BIN)/pytest -m soak $(ARGS)

test-faults: $(STAMP) ## Kill and cut a whole product, count at the end (ARGS=--faults-seed=7)
	$(BIN)/pytest -m faults tests/faults $(ARGS)

test-openapi: $(STAMP) ## Ask everything the OpenAPI document offers, well and badly (ARGS=--openapi-seed=7)
	$(BIN)/pytest -m openapi tests/openapi $(ARGS)

bench: $(STAMP) ## Measure what an issue costs beside bare baselines (ARGS=--quick for a short run)
	$(BIN)/python -m bench $(ARGS)

bench-intake: $(STAMP) ## Measure what comes in: real reports, storms of alerts, kills (ARGS=--quick)
	$(BIN)/python -m bench.intake $(ARGS)

check: lint types imports test ## Run everything that must be green before a merge

lint: $(STAMP) ## Find mistakes and unformatted files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP) ## Repair what can be repaired
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMP) ## Check the types
	$(BIN)/mypy

imports: $(STAMP) ## Check who may import whom
	$(BIN)/lint-imports

advisories: $(STAMP) ## Look for known faults in what is installed; says so where it cannot find out
	$(BIN)/pip-audit --requirement requirements.lock --disable-pip --require-hashes --strict

##@ Change it

migrate: $(STAMP) ## Bring the local database to the newest schema
	$(LOCAL) alembic upgrade head

revision: $(STAMP) ## Write a migration from changed models (M="add a column")
	@test -n "$(M)" || { echo 'Say what it does: make revision M="add a column"' >&2; exit 2; }
	$(LOCAL) alembic revision --autogenerate -m "$(M)"

drift: $(STAMP) ## Say whether models and migrations differ
	$(LOCAL) drift

states: $(STAMP) ## Draw docs/states.md and docs/rights.md from the tables of the domain
	$(BIN)/python -m tests.house.write_states
	$(BIN)/python -m tests.house.write_rights

lock: $(STAMP) ## Write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra local --extra dev --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate --no-header -o requirements.lock

# An interrupted install leaves no stamp, so the next target repeats it.
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "Python's venv is missing: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing requirements.lock into .venv" >&2
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements.lock
	@touch $@
