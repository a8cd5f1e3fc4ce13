# make setup | demo | test | lint | clean | help. Another Python: make setup PYTHON=python3.12
PYTHON ?= python3
BIN := .venv/bin
CODE := tml_ros test tools setup.py
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint clean

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## check the machine and make .venv with everything in it
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON): sudo apt-get install -y python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) tools/check_system.py
	@$(PYTHON) tools/install_venv.py

demo: setup ## run a simulated cell and write out/demo/
	@$(BIN)/tml-ros demo

lint: setup ## ruff and mypy
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check --quiet $(CODE)
	@if [ -x $(BIN)/mypy ]; then $(BIN)/mypy; else echo "types are checked where the newest NumPy is: Python 3.11 to 3.13, no ROS 2 sourced"; fi

# Each process takes whole files, in order, and one core: threads of PyTorch would only be in the way.
test: lint ## lint, then the whole test suite, in two processes
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

clean: ## remove what was built and written; .venv stays
	rm -rf build install log out tml_ros.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find tml_ros test tools -name __pycache__ -prune -exec rm -rf {} +
