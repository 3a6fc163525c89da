# The one command surface; each target is thin, and CI calls the same ones.
STACK ?= dev
STACKS ?= $(patsubst Pulumi.%.yaml,%,$(wildcard Pulumi.*.yaml))
PYTHON ?= python3
BIN := .venv/bin

# Most of the time of a short command is reading its code, and bytecode halves that.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup up down preview validate policy-check policy-note plan apply drift rehearse \
	test test-fast pytest test-providers fuzz interruptions fleet-interruptions takeover terraform-provider provider lint \
	format bench bench-enforced bench-fleet bench-fleet-memory bench-tests bench-permissions bench-providers \
	bench-rehearsal bench-rollbacks bench-rehearsed-permissions bench-tools lock release docs pictures

help: ## show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 29

setup: ## install what is missing: .venv from requirements.lock, and the Pulumi CLI
	@PYTHON="$(PYTHON)" sh toolchain/setup.sh

provider: setup ## show the AWS providers here, and offer to build one; INSTALL=1 fetches Pulumi's
	@$(BIN)/landfall toolchain provider $(if $(INSTALL),--install)

up: setup ## build STACK (dev) in its sandbox with the real engine, policies enforced
	@$(BIN)/landfall up -s $(STACK) $(if $(PROVIDER),--provider '$(PROVIDER)') \
		$(if $(VERBOSE),--verbose)

down: setup ## end the sandbox of STACK
	@$(BIN)/landfall down -s $(STACK)

preview: setup ## show what `make up` would change
	@$(BIN)/landfall preview -s $(STACK) $(if $(VERBOSE),--verbose)

validate: setup ## check the stack file of STACK without the engine
	@$(BIN)/landfall validate -s $(STACK)

policy-check: setup ## judge STACKS (all) for a pull request, against BASE; reports in build/
	@$(BIN)/landfall check $(addprefix -s ,$(STACKS)) $(if $(BASE),--base '$(BASE)') \
		-o build/policy-report.md -o build/policy-report.sarif \
		-o build/policy-report.codequality.json

policy-note: ## keep the one note of a GitLab merge request up to date; for CI
	@$(PYTHON) .ci/merge-request-note build/policy-report.md

plan: setup ## plan what applying STACK would change, acting as ROLE; into build/plan
	@$(BIN)/landfall plan -s '$(STACK)' $(if $(ROLE),--role '$(ROLE)') -o build/plan

PLAN ?= build/plan/plan.json
apply: setup ## apply PLAN to STACK, if it still is the one with SHA256
	@$(BIN)/landfall apply -s '$(STACK)' --plan '$(PLAN)' $(if $(SHA256),--sha256 '$(SHA256)')

drift: setup ## compare what stands with the state of STACK, acting as ROLE
	@$(BIN)/landfall drift -s '$(STACK)' $(if $(ROLE),--role '$(ROLE)') --format markdown \
		-o build/drift.md

rehearse: setup ## execute the pipelines of APPLICATION in the sandbox of STACK, with SOURCE; approves
	@$(BIN)/landfall rehearse '$(APPLICATION)' -s '$(STACK)' --source '$(SOURCE)' --approve \
		$(if $(PUSH),--push '$(PUSH)') $(if $(PULL_REQUEST),--pull-request '$(PULL_REQUEST)') \
		$(if $(OUTPUT),-o '$(OUTPUT)')

# Each file runs in one process, the longest first. Strings hash the same at every run.
PYTEST := PYTHONHASHSEED=0 $(BIN)/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

# pytest comes last: its closing line is the end of the output.
test: setup lint ## lint, check types, run the whole test suite
	@$(PYTEST)

test-fast: setup ## run the tests that need no engine: what one runs at work
	@$(PYTEST) -m 'not engine'

pytest: setup
	@$(PYTEST) $(PYTEST_OPTIONS)

test-providers: setup ## run the end-to-end tests with each AWS provider on this machine
	@$(BIN)/python -m tests.suite.providers $(PROVIDERS)

MINUTES ?= 10
fuzz: setup ## run every property test with new seeds for MINUTES (10)
	@$(BIN)/python -m tests.suite.fuzz --minutes '$(MINUTES)'

COUNT ?= 20
interruptions: setup ## interrupt first runs COUNT (20) times by each of SIGNALS (all); each must go on
	@$(BIN)/python -m tests.sandbox.interruptions --count '$(COUNT)' \
		$(if $(SIGNALS),--signals $(SIGNALS)) $(if $(SKIP_PREVIEW),--skip-preview)

KILLS ?= 5
fleet-interruptions: setup ## throttle and kill (KILLS: 5) a first fleet run of ACCOUNTS (2); all must be there
	@$(BIN)/python -m tests.sandbox.fleet_interruptions --kills '$(KILLS)' \
		--accounts '$(or $(ACCOUNTS),2)'

takeover: setup ## adopt an organization of ACCOUNTS (30) that use every service, and take all over
	@LANDFALL_TAKEOVER_ACCOUNTS='$(or $(ACCOUNTS),30)' $(BIN)/pytest -q tests/sandbox/test_takeover.py

# Where it is kept, TF_PLUGIN_CACHE_DIR, is also where the sandbox looks for a provider.
terraform-provider: ## fetch the provider of the engine's tests with terraform; for CI
	@mkdir -p "$$TF_PLUGIN_CACHE_DIR"
	@terraform -chdir=tests/terraform init -input=false -lockfile=readonly

lint: setup ## ruff and mypy
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

format: setup ## rewrite the code in the project's format
	@$(BIN)/ruff check --quiet --fix . && $(BIN)/ruff format --quiet .

bench: setup ## print one JSON line per figure
	@$(BIN)/python -m bench

bench-tools: setup ## install the tools that `make bench` compares with, into .venv-bench
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-bench
	@$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes \
		-r bench/tools/requirements.lock

bench-tests: setup ## print how long each test file takes, and order the suite by it
	@$(BIN)/python -m bench.suite

bench-permissions: setup ## take away each permission of the stacks; the call that needs it must fail
	@$(BIN)/python -m bench.permissions

bench-enforced: setup ## compare first runs with and without judged calls, RUNS (3) times in turn
	@$(BIN)/python -m bench.enforced --count '$(or $(RUNS),3)' --stack '$(STACK)'

bench-fleet: setup ## compare one stack and a fleet of ACCOUNTS (10 20 40); ONE (80), PREVIEWS (40) at most
	@ACCOUNTS='$(ACCOUNTS)' ONE='$(ONE)' PREVIEWS='$(PREVIEWS)' SLICE='$(SLICE)' \
		PARALLEL='$(PARALLEL)' $(BIN)/python -m bench.fleet

bench-fleet-memory: setup ## compare memory of a fleet of ACCOUNTS (30) and one stack, real provider
	@$(BIN)/python -m bench.fleet_memory --accounts '$(or $(ACCOUNTS),30)' \
		--slice '$(or $(SLICE),5)' --parallel '$(or $(PARALLEL),2)'

bench-rollbacks: setup ## rehearse 12 faults of the examples' pipelines; the earlier release must be live
	@$(BIN)/python -m tests.sandbox.example_faults

bench-rehearsed-permissions: setup ## take away each permission of the examples' pipelines; each is named
	@$(BIN)/python -m tests.sandbox.example_permissions

bench-rehearsal: setup ## time the Lambda example through every environment, and what of it is ours
	@$(BIN)/python -m tests.sandbox.example_time $(RUNS)

pictures: setup ## draw what a rehearsal shows, for docs/pictures; the page needs Chromium
	@$(BIN)/python -m tests.rehearsal.pictures

bench-providers: setup ## compare the AWS providers on this machine: time, processes, memory
	@$(BIN)/python -m bench.providers $(PROVIDERS)

lock: setup ## compute requirements.lock from pyproject.toml again
	@$(BIN)/uv pip compile pyproject.toml --all-extras --generate-hashes --no-emit-index-url \
		--no-emit-find-links --python-version 3.11 --universal --quiet -o requirements.lock
	@$(BIN)/uv pip compile bench/tools/requirements.in --generate-hashes --no-emit-index-url \
		--no-emit-find-links --python-version 3.11 --universal --quiet \
		-o bench/tools/requirements.lock
	@$(BIN)/uv pip compile docs/site/requirements.in --generate-hashes --no-emit-index-url \
		--no-emit-find-links --python-version 3.11 --universal --quiet \
		-o docs/site/requirements.lock

# Needs neither the project's packages nor the Pulumi CLI. With --quiet, mkdocs counts no warnings.
docs: ## build the docs site into build/site; broken links fail
	@$(PYTHON) -m venv .venv-docs
	@.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r docs/site/requirements.lock
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict
	@echo "The site is in build/site: open build/site/index.html"

release: setup ## check, set VERSION, commit and tag; pushes nothing
	@$(BIN)/python -m toolchain.release '$(VERSION)'
