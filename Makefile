# `make help` lists the targets. `make book` and `make test` set up what they need.
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GRADPATH := $(BIN)/gradpath
LIST := r/packages-debian.txt
R_SOURCES := $(wildcard r/R/*.R r/inst/python/*.py) r/DESCRIPTION r/NAMESPACE

##@ Both languages
.PHONY: help setup book figures check test status lint document benchmarks clean
help:  ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
setup: $(VENV)/python.done  ## Install everything that the other targets need
book: setup  ## Compute, check, draw, execute the lessons, render the book
	@$(GRADPATH) build
figures: setup  ## Compute and draw every figure again
	@$(GRADPATH) run --force && $(GRADPATH) figures --force
check: setup  ## Compare all lanes and print the table
	@$(GRADPATH) run && $(GRADPATH) check
test: py-lint r-lint status r-test py-test  ## Every test and every lint, in both languages; nothing may be stale
status: setup  ## Say what is stale and why
	@$(GRADPATH) status
lint: py-lint r-lint  ## Style and types
document: r-document  ## Regenerate R's help pages and NAMESPACE
benchmarks: setup  ## Measure side by side; writes tables into benchmarks
	@for file in benchmarks/r_vs_python.py benchmarks/training.py; do $(BIN)/python $$file || exit 1; done
clean:  ## Remove what can be made again; the committed figures stay
	rm -rf $(VENV) .r-library .gradpath _book build dist

##@ Packages
.PHONY: dist dist-check
dist: setup  ## Make both packages into dist: sdist and wheel, and R's tarball
	@rm -rf dist build && $(BIN)/python -m build --outdir dist . >/dev/null
	@if command -v R >/dev/null; then cd dist && R CMD build ../r >/dev/null; else echo "R is not installed: its tarball is left out"; fi
	@ls dist
dist-check: dist  ## Hold the packages to what package indexes ask for
	@$(BIN)/twine check --strict dist/*.whl dist/gradpath-*.tar.gz
	@$(BIN)/python -m gradpath.workshop.r_tools check

##@ Python
.PHONY: py-test py-lint
py-test: setup  ## pytest: Python, the command line, both languages together, the book
	@$(BIN)/pytest -n auto --dist loadgroup
py-lint: setup  ## ruff and mypy
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q . && $(BIN)/mypy

##@ R
.PHONY: r-test r-lint r-document r-check r-torch
r-test: setup  ## testthat
	@$(BIN)/python -m gradpath.workshop.r_tools test
r-lint: setup  ## lintr
	@$(BIN)/python -m gradpath.workshop.r_tools lint
r-document: setup  ## roxygen2
	@$(BIN)/python -m gradpath.workshop.r_tools document
r-check: setup  ## R CMD build and R CMD check
	@$(BIN)/python -m gradpath.workshop.r_tools check
r-torch: setup  ## Try to install R's own {torch} from CRAN
	@$(BIN)/python -m gradpath.workshop.r_tools torch

# R comes first: rpy2 compiles against it.
$(VENV)/r.done: $(LIST)
	@mkdir -p $(VENV)
	@bash r/install-debian.sh $(LIST)
	@touch $@
$(VENV)/python.done: pyproject.toml constraints.txt $(VENV)/r.done
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@extras=dev; if command -v Rscript >/dev/null; then extras=dev,r; fi; \
	  echo "installing Python packages into $(VENV) (some minutes at first)"; \
	  $(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[$$extras]"
	@touch $@
