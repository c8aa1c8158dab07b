# One loop: `make check` is what people and CI run.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: check bare demo front-ends binder first-steps lab format notebooks matrix lock newest prism openstack benchmark data reference docs clean

check: .venv/installed
	$(BIN)/python tools/check.py

demo: .venv/installed
	$(BIN)/mist-notebook demo

lab: .venv/installed
	$(BIN)/mist-notebook lab

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

notebooks: .venv/installed
	$(BIN)/python tools/notebooks.py

matrix: .venv/installed
	$(BIN)/python tools/matrix.py

lock:
	$(PYTHON) tools/lock.py

newest:
	$(PYTHON) tools/newest.py

front-ends: .venv/installed
	$(BIN)/python tools/front_ends.py

first-steps: .venv/installed
	$(BIN)/python tools/first_steps.py

bare:
	$(PYTHON) tools/bare.py

binder:
	$(PYTHON) tools/binder.py

prism: .venv/installed
	$(BIN)/python tools/prism.py

openstack: .venv/installed
	$(BIN)/python tools/try_openstack.py

benchmark: .venv/installed
	$(BIN)/python benchmarks/load.py
	$(BIN)/python benchmarks/listing.py
	$(BIN)/python benchmarks/probe.py
	$(BIN)/python benchmarks/interrupts.py
	$(BIN)/python benchmarks/sandbox.py
	$(BIN)/python benchmarks/search.py
	$(BIN)/python benchmarks/compare.py
	$(BIN)/python benchmarks/catalogue.py
	$(BIN)/python benchmarks/prices.py
	$(BIN)/python benchmarks/refresh.py
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/explorer.py
	$(BIN)/python benchmarks/form.py
	$(BIN)/python benchmarks/panel.py
	$(BIN)/python benchmarks/cluster.py

data: .venv/installed
	$(BIN)/python tools/make_sandbox_data.py
	$(BIN)/python tools/make_catalogue.py

reference: .venv/installed
	$(BIN)/python tools/reference.py --write

docs: .venv/installed
	$(BIN)/python tools/make_docs.py

clean:
	rm -rf .venv .venv-newest .venv-openstack .prism .pytest_cache .mypy_cache .ruff_cache .hypothesis screenshots build dist

.venv/installed: pyproject.toml requirements/dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --no-compile --no-deps -r requirements/dev.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@
