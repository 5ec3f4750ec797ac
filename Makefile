# Every command of the project, once. `make` alone lists them.

SHELL := /bin/sh
BIN := .venv/bin
CODE := $(wildcard app ui tests bench tools)
# One worker more than cores: a quarter of the time a test waits for a socket or a process. Each worker has
# a PostgreSQL of its own, so eight are enough. Whoever has nothing left takes from another (worksteal).
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 7 ? cores + 1 : 8)))
SHARED := -n $(WORKERS) --dist worksteal
# The tests start the program some hundred times; compiling it anew each time is a third of a start.
unexport PYTHONDONTWRITEBYTECODE
SEED ?= 1
SEEDS ?= 100
EXAMPLES ?= 1000
MUTATIONS ?= 100000
EVENTS ?= 1000000
SECONDS ?= 60
OUT ?= out
# What docs/proof.md names.
PROOF := $(shell grep -o 'tests/[a-z_/]*[.]py' docs/proof.md | sort -u) tests/simulation

# Without a display `make demo` plays the scripted shift offscreen and says where its pictures are.
DEMO ?= $(shell [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ] && echo --script --screenshots $(OUT)/demo)

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo test long proof quick check fix bench bench-peers drill audit-drill drill-previous fuzz simulate mutations screenshots coverage package audit lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: ## Make .venv with the locked dependencies, and the system libraries Qt needs
	@sh tools/setup.sh

setup-tests:
	@sh tools/setup.sh --tests

demo: setup ## Run the program with sample data and simulated devices (DEMO="--seed 7" passes options)
	$(BIN)/packhouse demo $(DEMO)

test: setup-tests check ## Everything a change must pass: `make check`, then every test but those of the package and of `make long`
	$(BIN)/pytest $(SHARED) -m "not frozen and not long"

long: setup-tests ## The tests that take minutes each, and prove what shorter ones of their kind do
	$(BIN)/pytest $(SHARED) -m long

proof: setup-tests ## Nothing lost, nothing doubled: kills, power cuts, full disks, broken lines, 200 seeds (docs/proof.md; an hour or two)
	$(BIN)/pytest $(SHARED) $(PROOF)
	$(BIN)/packhouse simulate --seeds 200 --seed $(SEED)

quick: setup-tests ## The tests that take seconds
	$(BIN)/pytest -m "not frozen and not long and not slow and not system and not postgres"

check: setup ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo

fix: setup ## Format and mend what the linter can mend itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-tests ## Measure the promised numbers and write bench/results.json
	$(BIN)/python -m bench

bench-growth: setup-tests ## The ledger's rate from ten thousand to five million operations in the book (an hour or two)
	BENCH_SIZES=10000,100000,1000000,5000000 $(BIN)/python -m bench ledger_growth

bench-peers: setup-tests ## Anki, PouchDB, morango, Tryton and ours doing the same work in one run (downloads them; half an hour)
	$(BIN)/python -m bench peers

drill: setup-tests ## A ledger restored from an old backup, refilled by its stations; tells what differs
	$(BIN)/python -m tools.restore_drill

audit-drill: setup-tests ## A million events: the night's check, a bundle, its verifier (EVENTS=100000 for less)
	$(BIN)/python -m tools.audit_drill --events $(EVENTS)

drill-previous: setup-tests ## The program of protocol 1, out of the history, packs against today's ledger
	$(BIN)/python -m tools.previous_drill

api-fuzz: setup-tests ## 100,000 damaged and 1,000 made-up requests to every address of the API (EXAMPLES=100 for less)
	$(BIN)/python -m tools.api_fuzz --examples $(EXAMPLES) --mutations $(MUTATIONS)

fuzz: setup-tests ## Coverage-guided fuzzing of every decoder and importer (SECONDS=60 each)
	FUZZ_SECONDS=$(SECONDS) $(BIN)/python -m tools.fuzzing

simulate: setup ## The whole floor, seed after seed from SEED=1 on, until stopped or one fails
	$(BIN)/packhouse simulate --seed $(SEED) --until-stopped

mutations: setup-tests ## Every bug planted in the code, and how many simulated floors until it is caught (SEEDS=100)
	$(BIN)/python -m tools.mutation_check --seeds $(SEEDS)

screenshots: setup ## Every page in believable states, as PNG (OUT=folder)
	$(BIN)/packhouse screenshots $(OUT)/screenshots

coverage: setup-tests ## Which lines and branches no test reaches; the perfect files must stay perfect
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(SHARED) -m "not frozen and not long"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/python -m tools.perfect

package: setup-tests ## The installed program in dist/packhouse, and its smoke tests
	$(BIN)/pyinstaller --noconfirm --log-level WARN pyinstaller.spec
	$(BIN)/python -m tools.sbom dist/packhouse/sbom.cdx.json
	$(BIN)/python -m tools.advisories
	$(BIN)/python -m tools.checksums dist
	$(BIN)/pytest -m frozen tests/frozen

audit: setup ## Ask whether a locked version is known to be dangerous; needs a network (packaging asks too)
	$(BIN)/python -m tools.advisories --strict

lock: setup ## Write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links \
		--universal --python-version 3.11 --no-header --quiet -o requirements.lock

clean: ## Remove what was built; .venv stays
	rm -rf build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
