# `make help` says what there is. Written for any make since 3.81 (macOS has it).

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=
BIN    := $(VENV)/bin

# What an install is made of: a change in here installs anew, nothing else does.
SOURCES := pyproject.toml $(wildcard hatch_build.py) \
  $(shell find rayteach labextension notebooks -type f \
    ! -path '*/node_modules/*' ! -path '*/dist/*' ! -path '*/static/*' \
    ! -path '*/__pycache__/*' ! -path '*/.ipynb_checkpoints/*' ! -name '.*' \
    ! -name 'progress.json*' ! -name 'course.json' \
    2>/dev/null)

.PHONY: help lab demo test soak lint bench wheel clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS='	' read -r name what; do printf '  make %-6s %s\n' "$$name" "$$what"; done

lab: $(VENV)/lab.stamp ## JupyterLab on the first lesson (ARGS="--no-browser --port 9999")
	@$(BIN)/rayteach lab $(ARGS)

demo: $(VENV)/lab.stamp ## run the tour in the terminal and write rayteach-demo.html
	@$(BIN)/rayteach demo $(ARGS)

test: $(VENV)/test.stamp ## every test: Python, TypeScript, notebooks, browser
	@sh tools/browser.sh >/dev/null || true
	@$(BIN)/python tools/suites.py $(ARGS)

soak: $(VENV)/test.stamp ## the long runs
	@$(BIN)/python tools/suites.py --soak

lint: $(VENV)/test.stamp ## ruff and mypy
	@$(BIN)/python tools/suites.py --lint

bench: $(VENV)/bench.stamp ## rayteach beside its peers, as a Markdown table
	@$(BIN)/python -m benchmarks $(ARGS)

wheel: $(VENV)/wheel.stamp ## dist/*.whl: installs without Node, "for a class"
	@rm -rf dist
	@$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean: ## remove what was made here, the virtual environment too
	rm -rf $(VENV) build dist test-results rayteach/static labextension/dist \
	  labextension/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find rayteach tests benchmarks tools notebooks -name __pycache__ -prune \
	  -exec rm -rf {} +

$(VENV)/wheel.stamp: tools/venv.sh
	@sh tools/venv.sh "$(PYTHON)" "$(VENV)"
	@touch $@

# Each stamp installs the project with the extras that its target needs.
$(VENV)/lab.stamp: $(VENV)/wheel.stamp $(SOURCES)
	@sh tools/install.sh "$(VENV)" lab
	@touch $@

$(VENV)/test.stamp: $(VENV)/wheel.stamp $(SOURCES)
	@sh tools/install.sh "$(VENV)" lab,test
	@sh tools/ray.sh "$(VENV)"
	@touch $@ $(VENV)/lab.stamp

$(VENV)/bench.stamp: $(VENV)/wheel.stamp $(SOURCES)
	@sh tools/install.sh "$(VENV)" bench
	@touch $@
