# Every target in one line: make help
# ARGS="…" is handed to the command behind `slides-pdf`, `preflight`, `up`, `ssh`, `board` and the
# tests.
# APPLIANCE_CACHE and APPLIANCE_MIRROR are explained in docs/organiser.md.

.DEFAULT_GOAL := help
SHELL := /bin/bash

# `su` without a dash leaves root with a user's PATH: mke2fs and sfdisk are not in it.
export PATH := $(PATH):/usr/sbin:/sbin

# The build runs in the tools tree; the rest on the host, by a Python with its libraries.
build = python3 -m appliance_build.tools
host = python=$$(python3 -m appliance_build.bootstrap $(1)) && "$$python" -m

# Two tests at a time; tests/conftest.py says which.
pytest = pytest --numprocesses 2 --no-loadscope-reorder

MIRROR = $(abspath $(or $(DIR),build/mirror))

# Where the organiser's own key for updates is, unless APPLIANCE_SIGNING_KEY names another.
KEYS = $(or $(XDG_CONFIG_HOME),$(HOME)/.config)/deep-learning-workshop

.PHONY: help ova docker release slides-pdf preflight up down ssh board describe notebooks lock audit mirror update update-key reproduce test test-fast test-full benchmark lint clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

ova: ## build the VirtualBox appliance: build/*.ova
	@$(build) ova

docker: ## build the Docker images, with CUDA and without: build/*.docker.tar
	@$(build) docker

release: ## both for handing out: refuses stand-ins
	@$(build) release

slides-pdf: ## print the slides with Chromium: build/slides.pdf
	@$(call host,slides) appliance_build.slides $(ARGS)

preflight: ## can this computer import and run what is in build/?
	@$(call host) appliance_build.preflight $(ARGS)

up: ## start the built appliance and wait until Jupyter answers
	@$(call host,run) appliance_build.machine up $(ARGS)

down: ## stop it
	@$(call host,run) appliance_build.machine down

ssh: ## log in to the started appliance
	@$(call host,run) appliance_build.machine ssh $(ARGS)

board: ## a page where laptops turn green: appliance-check --post
	@$(call host,board) appliance_build.board $(ARGS)

describe: ## check appliance.yml and show how it is understood
	@$(build) describe

notebooks: ## write notebooks/*.ipynb from notebooks/source/
	@$(build) notebooks

lock: ## resolve locks/*.lock anew from locks/*.in
	@$(build) lock

audit: ## list the known vulnerabilities of what the locks name
	@$(build) audit $(ARGS)

mirror: ## collect all inputs in DIR=…, to build without a network
	@mkdir -p "$(MIRROR)" && $(build) mirror "$(MIRROR)"

update: ## make the file that updates machines of an older release, FROM=…
	@test -e "$(FROM)" || { echo "error: name the older release: make update FROM=old.ova" >&2; exit 1; }
	@$(build) ova
	@mkdir -p "$(KEYS)" && $(build) update "$(abspath $(FROM))" "$(KEYS)"

update-key: ## make the key that signs updates, once
	@mkdir -p "$(KEYS)" && $(build) update-key "$(KEYS)"

reproduce: ova ## build again where all else differs, and compare the bytes
	@python=$$(python3 -m appliance_build.bootstrap build run test) && \
	unshare --mount --propagation private "$$python" -m appliance_build.reproduce $(ARGS)

test: ova docker ## all tests that CI runs
	@$(call host,run test) $(pytest) -m "not full" $(ARGS)

test-fast: ## the tests that need no image, in some three minutes
	@$(call host,run test) $(pytest) tests/unit tests/notebooks $(ARGS)

test-full: ova docker ## the slow rest
	@$(call host,run test) pytest -m full $(ARGS)

benchmark: ova docker ## measure boot, doctor, first steps, networks, training, pages
	@$(call host,run test) benchmarks.boot && "$$python" -m benchmarks.doctor && \
	"$$python" -m benchmarks.first_step && \
	"$$python" -m benchmarks.vision && "$$python" -m benchmarks.training && \
	"$$python" -m benchmarks.pages

lint: ## style of the code
	@$(call host,run) ruff check . && "$$python" -m ruff format --check .

clean: ## remove build/ (the cache stays)
	rm -rf build
