# Every target works on a fresh machine with Python 3.11 or newer: it makes what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
SOURCES := corpus index assistant eval peers ui weights reader tests app.py

.PHONY: help chat ask index models test thorough check hostile faults gate regressions eval card compare lock
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

chat: index ## the chat page on http://127.0.0.1:7860
	@$(BIN)/python app.py

ask: index ## one answer in the terminal: make ask Q="Who founded HIT?"
	@$(BIN)/python -m assistant ask "$(Q)"

index: $(RUN) ## build or update the search index
	@$(BIN)/python -m assistant index

models: $(RUN) ## fetch and verify the weights
	@$(BIN)/python -m assistant models

test: $(DEV) models ## the tests, three to five minutes, with the real weights and a browser
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest --durations=5

thorough: $(DEV) models ## the tests that try everything: every theme and width, every hostile text, kills, sizes
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest -m thorough --durations=5

check: $(DEV) ## lint, format, types, layers
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

hostile: $(DEV) ## 345 broken and hostile files: each read or refused, within its limits
	@$(BIN)/python -m tests.corpus.extract.hostile

faults: $(DEV) ## kill, damage and starve real indexes and count what is lost (an hour; --trials N for less)
	@$(BIN)/python -m tests.index.faults

gate: $(DEV) index ## hold the committed cases to the committed baseline (SETS=DIR: samples of public sets, too)
	@$(BIN)/python -m eval gate $(if $(SETS),--sets "$(SETS)")

regressions: $(DEV) index ## plant faults one by one and see that the gate notices each (minutes)
	@$(BIN)/python -m eval regressions

eval: $(DEV) index ## measure the answers on the project's own cases
	@$(BIN)/python -m eval answers --set eval/cases/corpus.dev.jsonl --out var/eval/dev

card: $(DEV) ## write docs/trust-card.md about the last make eval
	@$(BIN)/python -m eval card var/eval/dev

compare: $(DEV) index ## other systems in the same run: same documents, generator, questions (hours; N=20 for fewer)
	@$(BIN)/python -m peers --limit $(or $(N),60)

lock: ## pin everything the chosen versions pull in
	@scripts/lock $(PYTHON)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making $(VENV) ..." >&2
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN): requirements/run.txt | $(VENV)/bin/python
	@echo "Installing what the assistant needs (about 350 MB to download the first time) ..." >&2
	@$(BIN)/python -m pip install --quiet --progress-bar on --disable-pip-version-check -r $< \
	  || { echo "Installing failed. Check the network and the room on the disk, then run make again: it goes on." >&2; exit 1; }
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	@echo "Installing what tests and checks need ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
