# Every target in one line: make help
# ARGS="…" is handed to the command behind most targets, and to the tests.
# APPLIANCE_CACHE and APPLIANCE_MIRROR are explained in docs/organiser.md, APPLIANCE_WORKSHOP in
# docs/customise.md.

.DEFAULT_GOAL := help
SHELL := /bin/bash

# `su` without a dash leaves root with a user's PATH: mke2fs and sfdisk are not in it.
export PATH := $(PATH):/usr/sbin:/sbin

# The build runs in the tools tree; the rest on the host, by a Python with its libraries.
build = python3 -m appliance_build.tools
host = python=$$(python3 -m appliance_build.bootstrap $(1)) && "$$python" -m

# An option for what stands on make's command line; some systems have a NAME in the environment.
given = $(if $(findstring command,$(origin $(1))),--$(1) "$$$(1)")

# Two tests at a time; tests/conftest.py says which.
pytest = pytest --numprocesses 2 --no-loadscope-reorder

BUILD = $(or $(APPLIANCE_WORKSHOP),.)/build
MIRROR = $(abspath $(or $(DIR),$(BUILD)/mirror))

LOCAL_FOLDER = "$(abspath $(or $(LOCAL),$(BUILD)/local))"
local = @python3 -m appliance_build.local

# Where the organiser's own key for updates is, unless APPLIANCE_SIGNING_KEY names another.
KEYS = $(or $(XDG_CONFIG_HOME),$(HOME)/.config)/deep-learning-workshop

.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\# .*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

new: ## make a repository of one's own: DIR=… NAME=… TITLE=…
	@$(call host,new) appliance_build.new $(call given,DIR) $(call given,NAME) $(call given,TITLE)

ova: ## build the VirtualBox appliance: build/*.ova
	@$(build) ova

docker: ## build the Docker images, with CUDA and without: build/*.docker.tar
	@$(build) docker

release: ## both for handing out: refuses stand-ins
	@$(build) release

slides-pdf: ## print the slides with Chromium: build/slides.pdf
	@$(call host,slides) appliance_build.slides $(ARGS)

customise: ## your own changes in a finished OVA: PLAYBOOK=my.yml
	@$(call host,run customise) appliance_build.customise "$(PLAYBOOK)" $(if $(OVA),--ova "$(OVA)") $(ARGS)

preflight: ## can this computer import and run what is in build/?
	@$(call host) appliance_build.preflight $(ARGS)

stick: ## fill USB sticks: DIR=… or DIRS="a b", IMAGE=cuda|cpu|both
	@$(call host,stick) appliance_build.stick $(ARGS) $(if $(IMAGE),--image "$(IMAGE)") \
	$(if $(INSTALLERS),--installers "$(INSTALLERS)") \
	$(if $(filter 1,$(ALLOW_STANDINS)),--allow-standins) $(if $(DIR),"$(DIR)") $(DIRS)

up: ## start the built appliance and wait until Jupyter answers
	@$(call host,run) appliance_build.machine up $(ARGS)

down: ## stop it
	@$(call host,run) appliance_build.machine down

ssh: ## log in to the started appliance
	@$(call host,run) appliance_build.machine ssh $(ARGS)

local: ## the lessons on this computer, without a machine: LOCAL=DIR
	$(local) up $(LOCAL_FOLDER) $(if $(SYSTEM),--system "$(abspath $(SYSTEM))") $(ARGS)

local-stop: ## stop them; the work stays
	$(local) stop $(LOCAL_FOLDER)

local-check: ## appliance-check beside them
	$(local) check $(LOCAL_FOLDER) $(ARGS)

local-clean: ## stop them, remove all; SAVE=DIR keeps the work, FORCE=1 not
	$(local) clean $(LOCAL_FOLDER) $(if $(SAVE),--save "$(abspath $(SAVE))") $(if $(FORCE),--force)

board: ## a page where laptops turn green: appliance-check --post
	@$(call host) appliance_build.board $(ARGS)

docs: ## build the documentation site: build/site/
	@$(call host) appliance_build.site build $(ARGS)

docs-links: docs ## do its links to other hosts still answer? asks them
	@$(call host) appliance_build.site links --ask

docs-figures: ## draw the figures of docs/architecture.md of the code
	@$(call host,figures) appliance_build.site figures

docs-pictures: docker ## take the pictures of our pages for docs/images/
	@export WORKSHOP_PICTURES=1 && $(call host,run test) pytest tests/browser/test_pictures.py $(ARGS)

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

update: ## make a small file that updates older machines: FROM=old.ova
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

test-own: ova ## the tests of the repository that APPLIANCE_WORKSHOP names
	@$(call host,own) pytest -p tests.own.plugin -c pyproject.toml --rootdir="$(APPLIANCE_WORKSHOP)" \
	--junitxml="$(BUILD)/tests.xml" "$(APPLIANCE_WORKSHOP)/tests" $(ARGS)

benchmark: ova docker ## measure boot, doctor, first steps, networks, training, pages
	@$(call host,run test) benchmarks.boot && "$$python" -m benchmarks.doctor && \
	"$$python" -m benchmarks.first_step && \
	"$$python" -m benchmarks.vision && "$$python" -m benchmarks.training && \
	"$$python" -m benchmarks.onednn && \
	"$$python" -m benchmarks.pages

lint: ## style of the code
	@$(call host,run) ruff check . && "$$python" -m ruff format --check .

clean: ## remove build/ (cache and local mode stay)
	@[ ! -d "$(BUILD)" ] || find "$(BUILD)" -mindepth 1 -maxdepth 1 ! -name local -exec rm -rf {} +
	@[ ! -d "$(BUILD)" ] || rmdir --ignore-fail-on-non-empty "$(BUILD)"
