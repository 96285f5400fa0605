.PHONY: demo test quick check images

PYTHON ?= .venv/bin/python

.venv/bin/python: pyproject.toml constraints.txt
	python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[test,dev]' && touch $@

demo: $(PYTHON)
	$(PYTHON) run.py demo

test: $(PYTHON)
	$(PYTHON) -m pytest -q -n auto

# What to run while working: what is read and written, and the cases of one pack (make quick PACK=salon).
PACK ?= department_store
SLOW = test_fuzz.py test_blank.py test_junk.py test_real_workbooks.py test_libreoffice.py

quick: $(PYTHON)
	$(PYTHON) -m pytest -q -n auto tests/intake tests/annotate tests/test_cases.py -k 'intake or annotate or $(PACK)' $(foreach file,$(SLOW),--ignore-glob='*/$(file)')

check: $(PYTHON)
	$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy

images: $(PYTHON)
	$(PYTHON) run.py demo demo && $(PYTHON) docs/images/take.py demo
