# make run    everything set up, extension built, server on http://127.0.0.1:8765
# make bundle the whole bundle: for GPUs, TensorFlow Serving and releases; `make run` makes what it needs of it
# make demo   Chromium with the extension on a page of faces
# make extension  what the stores take: an archive for Chrome and Edge, one for Firefox, the sources for Firefox's reviewers
# make test   everything set up, all tests, a real browser among them
# make test-all   the same with the whole bundle, every instance of what is tested on some (all networks, all picture
#             files), and the tests that take longest (for a release)
# make test-pythons   the Python parts on 3.11, 3.12 and 3.13, each in a fresh environment (PYTHONS=3.12: that one)
# make check  formatting, lint and types

# Of the server, and of the browser.
NETWORK := models/ensemble
LIGHT := models/efficientnet_lite0
NETWORKS := $(sort $(NETWORK) $(LIGHT))
PORT := 8765
# GPUs, TensorFlow Serving and releases want the whole bundle, everything else is content with the one that is quick to
# make: what it lacks for a test, that test makes. (Not named BUNDLE: recipes see what is given to make, and the extension's
# build takes that for a folder.)
BUNDLE_MADE := $(if $(filter bundle bundle/.whole,$(MAKECMDGOALS)),bundle/.whole,bundle/manifest.json)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
# Two processes, no more, for each holds a TensorFlow. Which of them is done first takes over from the other.
export PYTEST_ADDOPTS := --numprocesses 2 --dist worksteal --durations=25
INSTANCES := not exhaustive
.DELETE_ON_ERROR:
.PHONY: run bundle demo extension test test-all check test-python test-extension test-pythons test-browser browser-tools \
  clean

VENV := .venv
NODE_PACKAGES := $(patsubst %,%/node_modules/.ready,extension converter/node tests/browser)
PY := $(VENV)/bin/python
# Somebody who waits at a terminal sees what is going on; a log keeps to the essence.
INSTALL_PACKAGES ?= if [ -t 1 ]; then quiet=; else quiet=--quiet; fi; $(PY) -m pip install $$quiet --disable-pip-version-check
NODE := $(shell sed -n 's/.*"node": ">=\(.*\)".*/\1/p' extension/package.json)
NPM_CI := npm ci --no-audit --no-fund --loglevel=error

run: extension/dist/.built server/web/dist/.built
	@echo
	@echo "The extension is built. To load it once:"
	@echo "  Chrome, Edge  chrome://extensions -> Developer mode -> Load unpacked -> $(CURDIR)/extension/dist/chrome"
	@echo "  Firefox       about:debugging#/runtime/this-firefox -> Load Temporary Add-on -> $(CURDIR)/extension/dist/firefox/manifest.json"
	@echo "Then right-click a face on any page and pick \"Check this face\". Ctrl-C stops the server."
	@echo
	@exec $(PY) -m server --port $(PORT)

bundle: bundle/.whole

demo: extension/dist/.built tests/browser/node_modules/.ready browser-tools
	@node tests/browser/demo.mjs

extension: extension/dist/.built
	@echo "== what the store of Firefox says of it"
	@npm --prefix extension run --silent lint:store
	@npm --prefix extension run --silent archives

# In two lanes, so that the browsers' tests, which wait much, run beside what computes; before those the bundle is made, while
# the other lane looks at code. A third job fetches packages at the beginning.
test:
	@$(MAKE) --no-print-directory --jobs 3 LANES=yes test-browser test-extension check test-python

ifdef LANES
test-extension: | test-browser
test-python: | check
endif

test-all:
	@$(MAKE) --no-print-directory test BUNDLE_MADE=bundle/.whole INSTANCES= EVERY_INSTANCE=yes JUDGED_EVERY=1 AGREEMENT_FACES=300 PAGE_FACES=100

check: $(VENV)/.dev $(NODE_PACKAGES)
	@echo "== lint and types"
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	@# With the usual young generation a fifth of its time goes into collecting it.
	NODE_OPTIONS=--max-semi-space-size=128 extension/node_modules/.bin/pyright
	npm --prefix extension run --silent check

test-extension: extension/dist/.built
	@echo "== extension, unit tests"
	npm --prefix extension test --silent

test-browser: browser-tools extension/dist/.built server/web/dist/.built tests/browser/node_modules/.ready $(VENV)/.dev
	@echo "== extension in Chromium and Firefox"
	PYTHON="$(CURDIR)/$(PY)" npm --prefix tests/browser test --silent

test-python: $(BUNDLE_MADE) $(VENV)/.dev extension/dist/.built server/web/dist/.built converter/node/node_modules/.ready browser-tools
	@echo "== detector, server, training, converter"
	@# Beside others they take what those leave: a click into a browser that has to wait may be lost. Each is content with
	@# one thread, for those of idle ones wait by spinning.
	OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 nice -n 10 $(PY) -m pytest -m "$(INSTANCES)"

test-pythons: $(BUNDLE_MADE) extension/dist/.built server/web/dist/.built
	@.ci/test-pythons $(PYTHONS)

# --- what the above needs -------------------------------------------------------------------------------------------

$(VENV)/bin/python:
	@for candidate in $${PYTHON:-} python3.13 python3.12 python3.11 python3; do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
	    found="$$candidate"; break; \
	  fi; \
	done; \
	if [ -z "$${found:-}" ]; then echo "Python 3.11, 3.12 or 3.13 is needed: install one, or name it: make PYTHON=/path/to/python"; exit 1; fi; \
	echo "== environment in $(VENV) with $$($$found --version)"; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.requirements: requirements.txt $(wildcard requirements/*.txt converter/standins/*/*) | $(VENV)/bin/python
	@echo "== Python packages (some minutes, once)"
	@$(INSTALL_PACKAGES) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements/train.txt $(VENV)/.requirements
	@echo "== Python packages for the tests"
	@$(INSTALL_PACKAGES) -r requirements-dev.txt
	@touch $@

%/node_modules/.ready: %/package-lock.json
	@printf '%s\n' $(NODE) "$$(node --version 2>/dev/null | tr -d v)" | sort -C -V \
	  || { echo "Node $(NODE) or newer is needed (and npm)"; exit 1; }
	@echo "== Node packages of $*"
	@cd $* && $(NPM_CI)
	@touch $@

BUNDLE_SOURCES := fake_image_detection/manifest.schema.json $(wildcard $(addsuffix /*.json,$(NETWORKS)) \
  $(addsuffix /*.npz,$(NETWORKS) models/blazeface_back)) $(wildcard converter/node/*.mjs) \
  $(shell find converter -name '*.py' -not -path '*/node_modules/*' -not -path '*/standins/*')
CONVERT = $(PY) -m converter build --network $(NETWORK) $(if $(word 2,$(NETWORKS)),--light $(LIGHT)) --out bundle


ifeq ($(BUNDLE_MADE),bundle/manifest.json)
bundle/manifest.json: $(BUNDLE_SOURCES) $(VENV)/.requirements converter/node/node_modules/.ready
	@echo "== bundle of $(NETWORKS): what this machine serves (about a minute; \`make bundle\` makes all of it)"
	@$(CONVERT) --quick
	@touch $@
endif

bundle/.whole: $(BUNDLE_SOURCES) $(VENV)/.requirements converter/node/node_modules/.ready | browser-tools
	@echo "== the whole bundle of $(NETWORKS) (about four minutes)"
	@$(CONVERT)
	@touch bundle/manifest.json $@

extension/dist/.built: $(BUNDLE_MADE) docs/privacy.md $(wildcard fake_image_detection/*.schema.json fake_image_detection/evidence/*.json) extension/node_modules/.ready \
  $(shell find extension/src extension/static extension/*.json extension/*.mjs extension/*.ts -type f 2>/dev/null)
	@echo "== extension"
	@npm --prefix extension run --silent build
	@touch $@

server/web/dist/.built: extension/node_modules/.ready extension/build-page.mjs extension/targets.mjs \
  $(shell find server/web/src extension/src/presentation extension/static/_locales/en -type f 2>/dev/null)
	@echo "== the server's page"
	@npm --prefix extension run --silent build:page
	@touch $@

# Installed where that can be done without asking; elsewhere the missing package is named. Firefox's tests are left out,
# and say so, where there is no Firefox: Ubuntu has it as a snap only.
BROWSER_PACKAGES := chromium xvfb xdotool
browser-tools:
	@has() { command -v "$$1" >/dev/null; }; \
	install() { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$$@" >/dev/null; }; \
	wanted=; \
	if ! { has chromium && has Xvfb && has xdotool; }; then wanted="$(BROWSER_PACKAGES)"; fi; \
	if has firefox || has firefox-esr; then firefox=; else firefox=firefox-esr; fi; \
	if [ -z "$$wanted$$firefox" ]; then exit 0; fi; \
	if has apt-get && [ "$$(id -u)" = 0 ]; then \
	  echo "== $$wanted $$firefox"; \
	  apt-get update -qq; \
	  if [ -n "$$wanted" ]; then install $$wanted; fi; \
	  if [ -n "$$firefox" ]; then install $$firefox 2>/dev/null || echo "$$firefox cannot be installed: the tests leave Firefox out"; fi; \
	elif [ -n "$$wanted" ]; then \
	  echo "The browser tests need: $$wanted. On Debian: sudo apt install $$wanted $$firefox"; exit 1; \
	else \
	  echo "There is no Firefox, so the tests leave it out. On Debian: sudo apt install $$firefox"; \
	fi

clean:
	rm -rf $(VENV) .venvs bundle extension/dist server/web/dist extension/node_modules converter/node/node_modules tests/browser/node_modules
