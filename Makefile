# Everything a newcomer needs is `make demo` and `make test`; `make help` lists the rest.
# Nothing is installed outside this folder: Python packages go to .venv, a missing sops to .tools.

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input --quiet
# Asked for at run time, not when make starts: it may have to build sops first, and `make clean` needs none.
WITH_SOPS := ACCESSCFG_SOPS="$$(tools/ensure_sops)" && export ACCESSCFG_SOPS &&

UV ?= $(firstword $(wildcard $(BIN)/uv) uv)
LOCK := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
	--annotation-style line --custom-compile-command "make lock" $(LOCK_FLAGS)

WORKERS = $(shell $(PY) -c 'import os; print(2 * (os.cpu_count() or 1))')# many tests wait: for a terminal, or for what is late

.PHONY: help demo test quick snapshots bench check lint format types docs docs-exchanges docs-tui pictures wheel lock setup clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

demo: setup ## the terminal UI on a throw-away workspace and simulated exchanges; piped, the whole story as text
	@$(WITH_SOPS) $(BIN)/accesscfg demo $(ARGS)

test: setup ## every test
	@$(WITH_SOPS) $(PY) -m pytest -n $(WORKERS) $(ARGS)

quick: setup ## the tests that are not slow
	@$(WITH_SOPS) $(PY) -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

snapshots: setup ## keep what the screens of the terminal UI show now; read the difference before it is committed
	@$(WITH_SOPS) ACCESSCFG_SNAPSHOTS=update $(PY) -m pytest -q -n auto tests/tui/test_snapshots.py

bench: setup ## speed and memory, compared with what is promised
	@$(WITH_SOPS) $(PY) tools/bench.py $(ARGS)

check: lint types docs test ## everything a change has to pass

lint: setup ## ruff: lint and format, without changing anything
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: setup ## let ruff mend what it can
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

types: setup ## mypy --strict
	@$(PY) -m mypy

docs: setup ## the CI examples in docs/ci against their linter and published schemas
	@PATH="$(CURDIR)/$(BIN):$$PATH" tools/check_docs

docs-exchanges: setup ## docs/exchanges from the profiles of the exchanges
	@$(PY) -m tools.exchange_pages

docs-tui: setup ## the tables of docs/tui.md from the actions of the terminal UI
	@$(PY) -m tools.tui_page

pictures: setup ## docs/images from the terminal UI on the demo's workspace
	@$(WITH_SOPS) $(PY) -m tools.pictures

wheel: setup ## dist/accesscfg-VERSION-py3-none-any.whl
	@rm -rf dist
	@$(PY) -m build --wheel --no-isolation --outdir dist . >/dev/null
	@ls dist/*.whl

lock: ## requirements*.txt from pyproject.toml; LOCK_FLAGS=--upgrade for newer versions
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	$(LOCK) --group dev --output-file requirements-dev.txt
	$(LOCK) --constraint requirements-dev.txt --output-file requirements.txt

setup: $(VENV)/.ready ## .venv with everything in the lock, and this checkout in editable form

$(VENV)/.ready: $(VENV)/.locked pyproject.toml accesscfg/__init__.py
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.locked: requirements-dev.txt
	@test -x $(PY) || { python=$$(tools/find_python) && echo "making $(VENV) with $$python" && "$$python" -m venv $(VENV); }
	@echo "installing the locked packages into $(VENV)"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@

clean: ## remove what make made, but for a built sops
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find accesscfg tui tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
