# walkon: `make demo` tries it, `make test` proves it, `make help` lists the rest.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO_PACKAGES := libegl1 libgl1 fonts-noto-core fonts-noto-color-emoji espeak-ng
TEST_PACKAGES := $(DEMO_PACKAGES) chromium ffmpeg redis-server faketime openssl postgresql iproute2
SOURCES := walkon tests bench

.DEFAULT_GOAL := help
.PHONY: help setup demo check format lint types imports words test test-engine t fix faults bench clean constraints

help: ## what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "walkon needs Python 3.11 or newer; make PYTHON=... names one"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || scripts/debian_packages required python3-venv
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.demo

setup: $(VENV)/.dev ## the environment for working on walkon
	@scripts/debian_packages required $(TEST_PACKAGES)

demo: $(VENV)/.demo ## the main job here and now: no token, no GPU, no server
	@scripts/debian_packages wanted $(DEMO_PACKAGES)
	@exec $(BIN)/walkon up

check: $(VENV)/.dev format lint types imports words ## format, lint, types, import contracts, sizes and spelling

format: $(VENV)/.dev
	$(BIN)/ruff format --check --quiet $(SOURCES)

lint: $(VENV)/.dev
	$(BIN)/ruff check --quiet $(SOURCES)

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest tests/test_architecture.py

words: $(VENV)/.dev
	$(BIN)/codespell $(SOURCES) docs *.md Makefile scripts

test: setup check ## everything: check, all tests, then those with a model
	$(BIN)/python -m pytest tests -n 2 --dist loadfile --ignore=tests/engine/models
	@$(MAKE) --no-print-directory test-engine

$(VENV)/.gpu: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0 -e '.[dev,gpu]'
	@touch $@

test-engine: $(VENV)/.gpu ## only the tests that load models (random weights); installs the gpu extra
	$(BIN)/python -m pytest tests/engine/models -n 2 --dist loadfile

t: $(VENV)/.dev ## one file or folder: make t T=tests/queue
	$(BIN)/python -m pytest $(T)

faults: $(VENV)/.dev ## only the tests that kill real processes
	$(BIN)/python -m pytest tests -m faults

fix: $(VENV)/.dev ## format and mend what can be mended by machine
	$(BIN)/ruff check --fix --quiet $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: $(VENV)/.dev ## the promised figures; fails where one is missed
	$(BIN)/python -m bench

constraints: $(VENV)/.dev ## write constraints.txt anew from pyproject.toml, newest versions
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --extra dev --extra gpu --no-annotate --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o constraints.txt pyproject.toml

clean: ## remove what was made here, but no data
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
