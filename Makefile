# Everything runs in .venv, which `env` and `dev` fill from the pins: exact versions with their hashes.

PYTHON ?= python3
COURSEBOT_DATA ?= .data
BIN := .venv/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip --no-input --quiet

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help env dev chat bench test lint format pins clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'PYTHON=python3.13 chooses the Python for a new .venv; ARGS=... goes to chat, bench, test or pins.'

env: .venv/.env ## install what the bot needs into .venv

dev: .venv/.dev ## the same, with the tools for working on it

chat: env ## talk to the bot in this terminal, on the sample courses
	@COURSEBOT_DATA='$(COURSEBOT_DATA)' $(BIN)/coursebot chat --sample $(ARGS)

bench: env ## measure how well and how fast the bot answers
	@$(BIN)/coursebot bench $(ARGS)

test: dev ## run the tests and show what they do not cover
	$(BIN)/pytest --numprocesses=auto --dist=loadfile --cov --cov-report=term:skip-covered $(ARGS)

lint: dev ## check style, types and the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: dev ## put the code into its standard form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

pins: .venv/.ready ## renew both pin files after a change of dependencies (newest versions: ARGS=--upgrade)
	@test -x $(BIN)/uv || $(PIP) install uv
	$(COMPILE) --output-file constraints.txt
	$(COMPILE) --group dev --constraints constraints.txt --output-file constraints-dev.txt

clean: ## remove .venv, caches and builds; the bot's data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One answer for every Python and platform; neither an index nor a path of this machine gets into the files. Extras
# stay in the pins: where only "coverage" is pinned, an older pip takes "coverage[toml]" for something without a hash.
COMPILE = @UV_CUSTOM_COMPILE_COMMAND='make pins' $(BIN)/uv pip compile pyproject.toml --group build --quiet \
	--universal --python-version 3.11 --generate-hashes --no-strip-extras --annotation-style line \
	--no-config --no-emit-index-url --no-emit-find-links $(ARGS)

# .venv/.ready says that no install was cut short. pip takes a package whose install was cut short for a whole
# one, so `install` removes the file while it works, and a .venv without it is made anew.
.venv/.ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'coursebot needs Python 3.11 or newer, which "$(PYTHON)" is not: name one, as in make PYTHON=python3.13' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '"$(PYTHON)" cannot make a virtual environment: on Debian and Ubuntu, apt install python3-venv brings what it lacks' >&2; exit 1; }
	@echo 'Making .venv'
	@$(PYTHON) -m venv --clear .venv
	@touch $@

# The sources are installed in place, so that only a change of dependencies or scripts needs a new install.
# $(call install,pins,stamps)
define install
	@echo 'Installing $(1) into .venv (the first time takes a minute)'
	@trap 'exit 130' INT TERM; rm -f .venv/.ready; status=0; \
	$(PIP) install --require-hashes --requirement $(1) && \
	$(PIP) install --no-deps --no-build-isolation --editable . || status=$$?; \
	test $$status -gt 128 || touch .venv/.ready; test $$status = 0 && touch $(2)
endef

.venv/.env: constraints.txt pyproject.toml | .venv/.ready
	$(call install,constraints.txt,.venv/.env)

.venv/.dev: constraints-dev.txt pyproject.toml | .venv/.ready
	$(call install,constraints-dev.txt,.venv/.env .venv/.dev)
