# make demo and make test do all their own set-up on a fresh Debian 12.
.PHONY: help setup demo test lint bench soak lock clean
PYTHON := .venv/bin/python

help: ## say what each command does
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

setup: ## system packages and .venv, from apt-packages.txt and requirements.lock
	@./setup.sh

demo: setup ## the kiosk with simulated devices; without a display, two rehearsed visits and their pictures
	@$(PYTHON) -m kiosk demo

test: setup lint ## everything that must hold
	@$(PYTHON) -m pytest -q -n 2 --dist loadfile -m "not soak"

lint: setup ## types, style, who imports whom, QML
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy kiosk hardware screens offline_queue portal benchmarks
	@.venv/bin/lint-imports --no-cache

bench: setup ## ratios and margins, measured in one run
	@$(PYTHON) -m benchmarks

soak: setup ## the long runs
	@$(PYTHON) -m pytest -q -m soak

lock: ## make requirements.lock anew: names, versions and hashes
	@$(PYTHON) -m piptools compile --quiet --strip-extras --extra dev --generate-hashes --allow-unsafe \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate \
		-o requirements.lock pyproject.toml

clean: ## remove what was built
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
