# claimbot: two commands matter, `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup run test lint lock browser engines fuzz audit licences chaos

help:  ## what one can do here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## prepare .venv and nothing else

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

run: setup  ## start the bot, its worker, its Valkey and the simulated WeChat; prints the phone page's address
	$(BIN)/claimbot demo

browser:
	@bash .ci/browser

engines:
	@bash .ci/engines

test: setup browser engines  ## every test
	$(BIN)/python -m pytest -n 3 --dist worksteal

lint: setup  ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock:  ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra vision --extra test --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -o requirements.lock

fuzz: setup  ## a million hostile inputs through the webhook, then ten minutes led by coverage
	$(BIN)/python -m tests.fuzz --inputs 1000000 --processes 2
	$(BIN)/python -m pip install --quiet 'atheris>=3'
	$(BIN)/python -m tests.fuzz --guided 600

audit:  ## known vulnerabilities of what the lock pins; asks a public service
	test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install --quiet pip-audit; }
	.venv-audit/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip

licences: setup  ## renew docs/licences.md after `make lock`
	$(BIN)/python -m tests.licences

chaos: setup  ## 300 people, 30 kills, 10 minutes: nothing acknowledged may be lost, doubled or stuck
	$(BIN)/python -m tests.chaos --people 300 --kills 30 --minutes 10
