PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PINS   := .venv-pins
AUDIT  := .venv-audit
PEERS  := .venv-bench
# Anything more for pytest, for example: make test ARGS="tests/flows -x"
ARGS   ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run chat preview screenshots samples test check format bench bench-peers bench-instructions \
  promises promises-long \
  promises-page audit pins clean python

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-19s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## make .venv and install everything at the pinned versions

run: $(READY) ## start the bot
	@$(BIN)/screening

chat: $(READY) ## the same conversation in this terminal, without Telegram
	@$(BIN)/screening chat

preview: $(READY) ## every card in both languages, on one page: build/preview.html
	@$(BIN)/screening preview build/preview.html

screenshots: $(READY) ## the pictures in docs/pictures, taken by the browser test
	SCREENSHOTS=docs/pictures $(BIN)/pytest tests/browser $(ARGS)

samples: $(READY) ## the pictures, tables and documents of an invented trial in docs
	$(BIN)/python -m tests.bot.samples docs/pictures docs/samples
	SAMPLES=1 $(BIN)/pytest tests/bot/test_document_samples.py $(ARGS)

test: $(READY) ## every test but the benchmarks, on all cores
	$(BIN)/pytest -n auto $(ARGS)

check: $(READY) ## everything that CI runs: format, lint, types, import directions, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy bot flows storage tests
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto $(ARGS)

format: $(READY) ## put the code in the one format and mend what can be mended
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(READY) ## the benchmarks alone
	$(BIN)/pytest tests/benchmarks -m benchmark --timeout=1800 -s $(ARGS)

bench-peers: | python ## what `make bench` measures beside this bot, in an environment of its own
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r .ci/bench-requirements.txt
	npm install --silent --no-package-lock --prefix tests/benchmarks/speed/peers/grammy

bench-instructions: $(READY) ## instructions a tap, which a busy machine does not change (wants valgrind)
	$(BIN)/python -m tests.benchmarks.instructions $(ARGS)

promises: $(READY) ## measure the promises of docs/promises.md that a change can break: minutes
	$(BIN)/pytest -n auto -m "reports and not long" -rA --no-header -q $(ARGS)
	@$(BIN)/python -m tests.promises.page

promises-long: $(READY) ## measure the promises that take long: a million events, longer fuzz
	$(BIN)/pytest -m long --timeout=3600 -s $(ARGS)
	@$(BIN)/python -m tests.promises.page

promises-page: $(READY) ## docs/promises.md anew, from what was measured
	@$(BIN)/python -m tests.promises.page

audit: $(READY) $(AUDIT)/bin/pip-audit ## a bill of materials and the known vulnerabilities
	@$(BIN)/python -m tests.promises.audit $(AUDIT)/bin

pins: python ## write constraints.txt anew from the newest versions that pyproject.toml allows
	@rm -rf $(PINS)
	$(PYTHON) -m venv $(PINS)
	$(PINS)/bin/python -m pip install --quiet --editable '.[dev]'
	@{ echo '# Every installed distribution, pinned. Written by: make pins'; \
	   $(PINS)/bin/python -m pip freeze --exclude trial-screening-bot; } > constraints.txt.new
	@mv constraints.txt.new constraints.txt
	@rm -rf $(PINS)

clean: ## remove .venv, caches and built files; data/ stays
	rm -rf $(VENV) $(PINS) $(AUDIT) $(PEERS) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find bot flows storage tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(AUDIT)/bin/pip-audit: .ci/audit-requirements.txt | python
	$(PYTHON) -m venv --clear $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(READY): pyproject.toml constraints.txt | python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

python:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "$(PYTHON) was not found: install Python 3.11 or newer, or name one: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments: install python3-venv (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }
