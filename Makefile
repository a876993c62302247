# The few commands of this project. `make run` and `make test` set up what is missing by themselves.

SHELL := /bin/sh
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# The tests start hundreds of processes; without bytecode each compiles a thousand modules first.
unexport PYTHONDONTWRITEBYTECODE
MODEL := var/models/all-MiniLM-L6-v2/meta.json
WEB_SOURCES := $(shell find web -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f \
	\( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.html' -o -name '*.json' -o -name '*.mjs' -o -name '*.svg' \) -print 2>/dev/null)

.PHONY: help run test faults check audit setup format generate lock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup ## Set up what is missing, build, and serve http://127.0.0.1:8000 with a demo workspace
	@$(BIN)/rapport serve --demo --link

test: setup ## Set up what is missing, then lint, types, architecture, and all tests
	@scripts/chromium
	@scripts/servers
	@$(MAKE) --no-print-directory check
	@cd web && npm run --silent test
	@mkdir -p build
	@{ $(BIN)/pytest tests/e2e tests/scale; echo $$? >build/browser.status; } >build/browser.log 2>&1 & \
		$(BIN)/pytest --ignore=tests/e2e --ignore=tests/faults --ignore=tests/scale; status=$$?; wait; \
		echo "In the browser, and with several processes:"; cat build/browser.log; \
		[ $$status = 0 ] && [ "$$(cat build/browser.status)" = 0 ]
	@$(BIN)/pytest tests/faults

faults: setup ## Throw every fault at it in full (an hour and a half); writes build/faults.json and docs/reference/reliability.md
	@scripts/chromium
	@scripts/servers
	@rm -f build/faults.json
	@RAPPORT_FAULTS=full $(BIN)/pytest tests/faults tests/channels/email/threading tests/customers/test_merging.py

check: .venv/.ready web/node_modules/.ready ## Format, lint, types, architecture, dependencies, secrets (under a minute)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy src tests scripts
	@$(BIN)/python -m scripts.check_dependencies
	@$(BIN)/python -m scripts.check_secrets
	@cd web && npm run --silent check

setup: .venv/.ready web/node_modules/.built $(MODEL) ## Virtual environment, npm packages, front end, embedding model

.venv/.ready: requirements.lock pyproject.toml scripts/python
	@scripts/python

web/node_modules/.ready: web/package-lock.json scripts/node
	@scripts/node
	@echo "Installing the front end's packages ..."
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/node_modules/.built: web/node_modules/.ready $(WEB_SOURCES)
	@echo "Building the front end ..."
	@cd web && npm run --silent build >node_modules/.build.log 2>&1 || { cat node_modules/.build.log; exit 1; }
	@touch $@

# When it cannot be fetched, search works on words alone, and the next run tries again.
$(MODEL): | .venv/.ready
	@$(BIN)/rapport models build --if-possible

audit: .venv/.ready web/node_modules/.ready ## Ask the advisory databases about what is locked (needs the network)
	@$(BIN)/python -m scripts.check_dependencies --online

format: .venv/.ready web/node_modules/.ready ## Format and mend what can be mended
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && cd web && npm run --silent format

generate: .venv/.ready web/node_modules/.ready ## Write the reference pages, the OpenAPI document and the client made from it
	@$(BIN)/rapport reference
	@$(BIN)/rapport openapi > docs/reference/openapi.json && cd web && npm run --silent generate

lock: ## Resolve the dependencies anew (versions and hashes, no addresses)
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --extra dev \
		--python-version 3.11 --upgrade pyproject.toml -o requirements.lock -q
	@cd web && rm -rf node_modules package-lock.json && npm install --package-lock-only --loglevel=error

clean: ## Remove everything that can be made again (not the data in var/)
	@rm -rf .venv var/models web/node_modules web/*/dist artifacts .mypy_cache .ruff_cache .pytest_cache build
