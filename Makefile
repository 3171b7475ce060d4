# Every path here is relative, so that the checkout may lie in a folder with blanks in its name.

PYTHON ?= python3
ARGS ?=

# What a reader has set for the own library and own programs stays out of the demo and the tests.
unexport BIBMAN_LIBRARY BIBMAN_OFFLINE PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Debian's Python may come without ensurepip, then the environment has no pip; others come with no pip but that one.
environment = $(PYTHON) -m venv --clear $(1) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(1)
pip = $$(if [ -e $(1)/bin/pip ]; then echo $(1)/bin/python -m pip; else echo $(PYTHON) -m pip --python $(1)/bin/python; fi)

.PHONY: help demo test check bench bench-identification bench-peers clean

help: ## say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' Makefile | expand -t 20

demo: .venv/made ## show bibman at work, on fourteen papers, in the folder demo/
	@sh examples/demo.sh

test: .venv/made ## run every test; ARGS="-k export" passes arguments to pytest
	.venv/bin/pytest -n auto --maxprocesses 4 $(ARGS)

check: .venv/made ## hold the code against its rules: style, types, layers, schema, docs
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/alembic check
	.venv/bin/pytest tests/docs

bench: .venv/made ## measure how fast bibman is
	.venv/bin/python -m benchmarks.run $(ARGS)

bench-identification: .venv/made ## measure which paper bibman takes a text for; ARGS=WORKS.jsonl for works of your own
	.venv/bin/python -m benchmarks.identification $(ARGS)

bench-peers: .venv-peers/made .venv-pubs/made ## install other programs, for `make bench` to measure beside bibman
	@command -v npm >/dev/null && npm install --silent --no-save --prefix .venv-peers bibtex-tidy@1.14.0 || echo "bibtex-tidy needs npm"
	@for name in bibtool biber; do command -v $$name >/dev/null || echo "$$name is not here; your system may have a package of it"; done

clean: ## remove everything that was made
	rm -rf .venv .venv-peers .venv-pubs demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/made: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("bibman needs Python 3.11 or newer: make PYTHON=…" if sys.version_info < (3, 11) else 0)'
	@echo "Making the environment .venv with bibman and its pinned dependencies: half a minute or so"
	@$(call environment,.venv)
	@$(call pip,.venv) install -qq --constraint constraints.txt hatchling
	@$(call pip,.venv) install -qq --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@touch $@

.venv-peers/made: benchmarks/peers.txt
	@echo "Making the environment .venv-peers with the programs that bibman is measured against"
	@$(call environment,.venv-peers)
	@$(call pip,.venv-peers) install -qq --requirement benchmarks/peers.txt
	@touch $@

# pubs needs an older bibtexparser than the others.
.venv-pubs/made: benchmarks/pubs.txt
	@$(call environment,.venv-pubs)
	@$(call pip,.venv-pubs) install -qq --requirement benchmarks/pubs.txt
	@touch $@
