# Thin aliases for what README.md promises. Each sets up .venv first where it is missing or older than the lock.
VENV := .venv
READY := $(VENV)/ready

ifndef PYTHON
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo "$$p"; break; }; done)
endif

.PHONY: book test check lab changes

book: $(READY) ## check and clean the record, run what is out of date, build the book
ifeq ($(PRINTED_BY)$(filter 0,$(NAMES)),)
	@$(VENV)/bin/pytask
	@echo "the book is book/_build/html/index.html"
else
	@$(VENV)/bin/qantar edition
endif

test: $(READY) ## all tests, every notebook included
	@$(VENV)/bin/pytest

check: $(READY) ## the record only: form, meaning, sources
	@$(VENV)/bin/qantar check

lab: $(READY) ## JupyterLab on the notebooks
	@$(VENV)/bin/jupyter lab --LabApp.default_url=/lab/tree/notebooks

changes: $(READY) ## what the edit in hand changes: rows, sentences, tables, charts, pages
	@$(VENV)/bin/qantar changes

$(READY): requirements.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "qantar needs Python 3.11, 3.12 or 3.13 with venv and pip, and found $$(python3 --version 2>/dev/null || echo 'no python3'); install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi
	@"$(PYTHON)" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
		echo "$(PYTHON) is no Python 3.11, 3.12 or 3.13 with venv and pip; name one that is: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	}
	@echo "setting up $(VENV) with $$($(PYTHON) --version): the locked requirements, a minute or two"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.txt
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
