# make demo and make test do all their own set-up on a fresh Debian 12.
.PHONY: help setup demo test quick lint bench soak lock clean
PYTHON := .venv/bin/python
# Four on two cores: tests wait more than they work. A process that crashes ends the run, which would wait for it for ever.
SIDE_BY_SIDE := -n 4 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

help: ## say what each command does
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

setup: ## system packages and .venv, from apt-packages.txt and requirements.lock
	@./setup.sh

demo: setup ## the kiosk with simulated devices; without a display, two rehearsed visits and their pictures
	@$(PYTHON) -m kiosk demo

test: setup lint ## everything that must hold
	@$(PYTHON) -m pytest -q $(SIDE_BY_SIDE) -m "not soak and not quiet"
	@$(PYTHON) -m pytest -q -m "quiet and not soak"

quick: setup ## what is short of it, for between two changes
	@$(PYTHON) -m pytest -q $(SIDE_BY_SIDE) -m "not soak and not quiet and not long"

lint: setup ## types, style, who imports whom, QML
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy kiosk hardware screens offline_queue portal benchmarks
	@.venv/bin/lint-imports --no-cache

bench: ## ratios and margins beside peers, measured in one run
	@./setup.sh requirements-bench.lock
	@$(PYTHON) -m benchmarks

soak: setup ## the long runs
	@$(PYTHON) -m pytest -q -m soak

lock: ## make the two locks anew: names, versions and hashes
	@.venv/bin/uv pip compile --quiet --no-header --no-annotate --generate-hashes --python-version 3.11 \
		--extra dev -o requirements.lock pyproject.toml
	@.venv/bin/uv pip compile --quiet --no-header --no-annotate --generate-hashes --python-version 3.11 \
		--extra dev --extra bench -c requirements.lock -o requirements-bench.lock pyproject.toml

clean: ## remove what was built
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
