# Everything that is run here, by name. `make help` lists it.
PYTHON ?= python3
PORT ?= 8787
STATE ?= .state
# Processes that pass the tests side by side: three where there are many tests, as some wait for a Worker or a browser.
JOBS ?= $(if $(T)$(BASE_URL),0,3)
PYTEST = $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup
# The tests of the wings, on CPython alone: no Worker, no browser, no process of their own.
FAST = $(addprefix tests/,terms counting storage intake upkeep reading reports web walls/test_house.py)
BIN := .venv/bin
# The real programs that tests/agents starts; CI has the first and the SDK of OpenTelemetry, `make test-agents` all of them.
AGENTS = claude-code codex copilot gemini-cli opencode opentelemetry qwen-code
# What is compiled once need not be again in each of a thousand processes, whatever the machine prefers.
export PYTHONDONTWRITEBYTECODE :=
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
# Go needs no network and keeps what it builds here.
export GOENV := off
# As libraries are compiled, of which the tests build one: the standard library is compiled once for both.
export GOFLAGS := -mod=mod -buildmode=pie
export GOTOOLCHAIN := local
export GOPROXY := off
export GOCACHE := $(CURDIR)/.build/go/cache
export GOPATH := $(CURDIR)/.build/go/path

.PHONY: help demo dev installed test test-fast test-agents test-mutations check version bench screenshots deploy verify format clean clients plugin api

help: ## List what can be run
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

demo: .venv/ready ## Run the product with 90 days of sample data (PORT, STATE, REQUESTS=1)
	@$(BIN)/python -m tools.embedded.dev --port $(PORT) --state $(STATE)/demo --sample $(if $(REQUESTS),--requests)

dev: .venv/ready ## Run the product without data (PORT, STATE)
	@$(BIN)/python -m tools.embedded.dev --port $(PORT) --state $(STATE)/dev $(if $(REQUESTS),--requests)

# What `make test` needs beside .venv/ready; CI sees to it while it checks. The browser is for tests of the dashboard.
installed: .venv/browser
	@$(MAKE) --keep-going --no-print-directory .build/agents/claude-code/ready .build/agents/opentelemetry/ready .venv/collector || echo "Claude Code, or an SDK or a collector of OpenTelemetry, could not be installed: their tests are skipped." >&2

test: .venv/ready $(if $(BASE_URL),,$(if $(T),$(if $(findstring dashboard,$(T))$(filter tests tests/ .,$(T)),.venv/browser),installed)) ## Pass all tests, or those of T=path; BASE_URL=https://… tests a deployment instead
	@$(PYTEST) $(if $(BASE_URL),tests/contract --base-url $(BASE_URL),$(or $(T),--ignore=tests/agents/others))

test-fast: JOBS = 2
test-fast: .venv/ready ## Pass the tests that need CPython alone
	@$(PYTEST) $(FAST)

test-agents: T = tests/agents tests/clients/test_plugin.py
test-agents: .venv/ready .venv/collector $(AGENTS:%=.build/agents/%/ready) ## Pass the tests of the clients inside real agents, all of them (1.4 GB)
	@$(PYTEST) $(T)

test-mutations: .venv/ready ## See which conditions of SQL and of the counting rooms no test would miss, in 20 minutes (FILES)
	@$(BIN)/python -m tools.mutations $(FILES)

check: .venv/ready ## Format, lint, types, oldest Python, shell, JavaScript, Go
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@cd client/python && mypy
	@$(BIN)/vermin --quiet --no-tips --violations --target=3.9- client/python/src
	@cd src && said=$$(PYTHONPATH=. ../$(BIN)/lint-imports --no-cache ../pyproject.toml 2>&1) || { echo "$$said"; exit 1; }
	@$(BIN)/python -m tools.version
	@$(BIN)/python -m tools.changelog
	@$(BIN)/python -m tools.assemble --check
	@$(BIN)/python -m tools.cli --check
	@PYTHONPATH=src $(BIN)/python -m tools.api --check
	@git ls-files '*.sh' ':!client/shell' | xargs -r $(BIN)/shellcheck
	@# A part alone does not show who sets or uses its variables; the assembled files above do.
	@git ls-files client/shell | xargs -r $(BIN)/shellcheck -x -P SCRIPTDIR --exclude=SC2034,SC2154
	@git ls-files '*.sh' | xargs -r $(BIN)/shfmt -i 2 -ci -d
	@biome lint --error-on-warnings
	@tsc -p tests/clients/js
	@tsc -p tests/dashboard
	@cd client/go && go vet ./...
	@cd tests/clients/go && go vet ./...
	@stale=$$("$$(go env GOROOT)/bin/gofmt" -l client/go tests/clients/go) && test -z "$$stale" || { echo "gofmt: $$stale"; exit 1; }

clients: .venv/ready ## Make the files that people copy of their parts
	@$(BIN)/python -m tools.assemble
	@$(BIN)/python -m tools.cli

api: .venv/ready ## Make openapi.json and docs/api.md of the tables of routes and fields
	@PYTHONPATH=src $(BIN)/python -m tests.tools.test_api
	@PYTHONPATH=src $(BIN)/python -m tools.api

plugin: .venv/ready ## Pack the plugin into .build/track-skills-plugin.zip, at its root
	@$(BIN)/python -m tools.plugin_archive .build/track-skills-plugin.zip

version: .venv/ready ## Compare the version everywhere; V=1.2.3 prepares a release
	@$(BIN)/python -m tools.version $(V)

bench: .venv/ready .venv/browser $(if $(or $(findstring clients,$(PART)),$(if $(PART),,all)),.build/peers/ready) ## Measure, beside references in the same run (PART="storage post", AGAINST=revision)
	@$(BIN)/python -m tools.bench $(PART) $(if $(AGAINST),--against $(AGAINST))

screenshots: .venv/ready .venv/browser ## Make the pictures in docs/
	@$(BIN)/python -m tools.screenshots

deploy: .venv/ready ## Deploy to Cloudflare: SDK, database, migrations, Worker, missing keys (ARGS)
	@$(BIN)/python tools/deploy.py $(ARGS)

verify: .venv/ready ## Send a test event to a deployment, read it back, say what is missing (BASE_URL)
	@$(BIN)/python -m tools.verify $(BASE_URL)

format: .venv/ready ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@git ls-files '*.sh' | xargs -r $(BIN)/shfmt -i 2 -ci -w
	@"$$(go env GOROOT)/bin/gofmt" -w client/go tests/clients/go

# What tools/bench measures our clients beside.
.build/peers/ready: pyproject.toml tools/bench/peers/package.json tools/bench/peers/package-lock.json | .venv/ready
	@rm -rf .build/peers
	@mkdir -p .build/peers/python
	@cp .npmrc tools/bench/peers/package.json tools/bench/peers/package-lock.json .build/peers
	npm install --no-save --prefix .build/peers --no-progress --loglevel=error
	$(BIN)/python -m pip install --quiet --target .build/peers/python --group bench
	@touch $@

clean: ## Remove everything that was installed or built
	rm -rf .venv node_modules python_modules .build .state

.venv/ready: pyproject.toml package.json package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 7) and "Python 3.11.7 or later is needed: PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --group dev
	npm install --no-save --no-progress --loglevel=error & npm=$$!; $(BIN)/python -m tools.vendor && wait $$npm
	@touch $@

.venv/browser: .venv/ready tools/install_browser.sh
	@tools/install_browser.sh
	@touch $@

.venv/collector: pyproject.toml | .venv/ready
	@$(BIN)/pip install --quiet --group collector
	@touch $@

.build/agents/%/ready: tests/agents/packages/%/package.json tests/agents/packages/%/package-lock.json | .venv/ready
	@tools/install_agent.sh $*
	@touch $@
