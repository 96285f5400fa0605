.PHONY: demo test check images

PYTHON ?= .venv/bin/python

.venv/bin/python: pyproject.toml constraints.txt
	python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[test,dev]' && touch $@

demo: $(PYTHON)
	$(PYTHON) run.py demo

test: $(PYTHON)
	$(PYTHON) -m pytest -q -n auto

check: $(PYTHON)
	$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy

images: $(PYTHON)
	$(PYTHON) run.py demo demo && $(PYTHON) docs/images/take.py demo
