# Each target sets up what it needs in .venv by itself.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check format bench bench-smoke clean

demo: .venv/ready
	$(BIN)/clonewatch demo

test: .venv/ready
	$(BIN)/python -m pytest

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready
	$(BIN)/python bench/run.py

bench-smoke: .venv/ready
	$(BIN)/python bench/run.py --smoke

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable . --group dev
	touch .venv/ready

clean:
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
