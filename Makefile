# Every target in one line: make help
# APPLIANCE_CACHE and APPLIANCE_MIRROR are explained in docs/organiser.md.

.DEFAULT_GOAL := help
SHELL := /bin/bash

# `su` without a dash leaves root with a user's PATH: mke2fs and sfdisk are not in it.
export PATH := $(PATH):/usr/sbin:/sbin

# Installs what is missing (once), then names the Python that has the build's libraries.
python = $$(python3 appliance_build/bootstrap.py)
build = python=$(python) && "$$python" -m appliance_build
pytest = python=$(python) && "$$python" -m pytest

.PHONY: help ova release up down ssh notebooks lock test test-fast test-full benchmark lint clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

ova: ## build the VirtualBox appliance: build/*.ova
	@$(build) ova

release: ## the same for handing out: refuses stand-ins
	@$(build) release

up: ## start the built appliance and wait until Jupyter answers
	@$(build) up

down: ## stop it
	@$(build) down

ssh: ## log in to the started appliance
	@$(build) ssh

notebooks: ## write notebooks/*.ipynb from notebooks/source/
	@$(build) notebooks

lock: ## resolve locks/*.lock anew from locks/*.in
	@$(build) lock

test: ova ## all tests that CI runs
	@$(pytest) -m "not full"

test-fast: ## the tests that need no image, in under two minutes
	@$(pytest) tests/unit tests/notebooks

test-full: ova ## the slow rest
	@$(pytest) -m full

benchmark: ova ## boot time beside a bare Debian's (docs/measurements.md)
	@python=$(python) && "$$python" -m benchmarks.boot

lint: ## style of the code
	@python=$(python) && "$$python" -m ruff check . && "$$python" -m ruff format --check .

clean: ## remove build/ (the cache stays)
	rm -rf build
