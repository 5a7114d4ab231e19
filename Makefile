# Everything a contributor runs. It needs Python 3.11 or newer and make; no root, no Docker.
# DEMO_FLAGS, TEST_FLAGS and LOCK_FLAGS are passed on; PYTHON chooses the interpreter of .venv.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.ONESHELL:
.SHELLFLAGS := -euc
.PHONY: setup demo test test-all unit compose check format docs sync lock clean help rebuild

# Containers often set it. Every test session and each of the hundreds of programs that it starts would
# then compile again what it imports, which takes longer than most of the tests.
unexport PYTHONDONTWRITEBYTECODE

pip_install := .venv/bin/python -m pip install -qq --no-input --disable-pip-version-check
pip_advice := pip failed as shown above; mend its network or configuration, then run make again

# `usable` is empty when .venv was never finished, was made for another folder (its scripts would
# run the code of that folder), has lost its Python, or is not of the PYTHON that is asked for.
interpreter := import sys; print(sys.base_prefix, sys.version)
usable := $(shell exec 2>/dev/null; \
	[ "$$(cat .venv/.requirements)" = "$$(pwd -P)" ] && \
	found=$$(.venv/bin/python -c '$(interpreter)') && \
	{ [ -z '$(PYTHON)' ] || [ "$$found" = "$$('$(PYTHON)' -c '$(interpreter)')" ]; } && \
	echo yes)

setup: .venv/.project ## make .venv, or bring it up to date

demo: setup ## start the stack, run every experiment, print the verdicts
	@.venv/bin/h2h run $(DEMO_FLAGS)

# Three processes for two cores, as many tests wait; whole files each, so that what a file's tests
# share is made once.
pytest := .venv/bin/pytest --numprocesses=3 --dist=loadfile --no-loadscope-reorder --durations=15

test: setup ## pass the tests, in ten minutes at most
	@$(pytest) -m 'not nightly' $(TEST_FLAGS)

test-all: setup ## pass every test at full length, try the harness, judge the thirty commits (two hours)
	@$(pytest) --hypothesis-profile=night $(TEST_FLAGS)
	.venv/bin/python -m benchmarks.soak --minutes 2 --output results/soak
	.venv/bin/python -m benchmarks.validation --quick
	.venv/bin/python -m benchmarks.proof --output results/proof

unit: setup ## pass the fast tests, in 30 seconds: no other program, no browser, no simulations
	@$(pytest) -m 'not stack and not load and not browser and not revisions and not process and not simulation and not nightly' $(TEST_FLAGS)

compose: setup ## bring up all of docker compose, use it, take it down (needs Docker, takes minutes)
	@H2H_COMPOSE=1 .venv/bin/pytest tests/packaging/test_compose_up.py $(TEST_FLAGS)

# actionlint looks for shellcheck on PATH, and says nothing where there is none.
check: setup ## lint everything; formatting, types, import rules
	export PATH="$(CURDIR)/.venv/bin:$$PATH"
	ruff check
	ruff format --check
	mypy
	lint-imports
	shellcheck .ci/run .github/scripts/keep-history dashboards/provisioning/readers.sh
	actionlint
	zizmor --offline --pedantic --strict-collection --quiet .
	hadolint Dockerfile
	pre-commit validate-config .pre-commit-config.yaml
	check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	check-jsonschema --builtin-schema vendor.gitlab-ci .gitlab-ci.yml

format: setup ## format the code and mend what ruff can
	.venv/bin/ruff check --fix-only
	.venv/bin/ruff format

docs: setup ## write the generated parts of the documents again from the records kept in docs/
	.venv/bin/python docs/build.py

uv_compile := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header pyproject.toml

sync: setup ## write snapshot, dashboards and documents again after an experiment has changed
	.venv/bin/h2h check --update
	.venv/bin/h2h dashboards build
	.venv/bin/python docs/build.py

lock: ## write the lock files again, with uv (LOCK_FLAGS=--upgrade raises versions)
	$(uv_compile) $(LOCK_FLAGS) --all-extras --output-file requirements-dev.lock
	$(uv_compile) --extra app --constraint requirements-dev.lock --output-file requirements.lock

clean: ## stop the stack; remove .venv, caches and the stack's data (results stay)
	@[ ! -x .venv/bin/h2h ] || .venv/bin/h2h down
	rm -rf .venv .h2h .h2h-validation .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-9s%s\n", $$1, $$2 }' Makefile

version_if_new := import sys; sys.exit(1) if sys.version_info < (3, 11) else print("%d.%d" % sys.version_info[:2])

# The stamp comes last, so that an interrupted set-up is made again.
.venv/.requirements: requirements-dev.lock $(if $(usable),,rebuild)
	@problem='$(if $(PYTHON),$(PYTHON) is not,there is no) Python 3.11 or newer'
	fix='sudo apt-get install python3 python3-venv, or make PYTHON=/path/to/python3'
	maker=
	for python in $(if $(PYTHON),'$(PYTHON)',python3.14 python3.13 python3.12 python3.11 python3); do
		version=$$("$$python" -c '$(version_if_new)' 2>/dev/null) || continue
		trap 'rm -rf .venv' EXIT
		trap 'exit 130' HUP INT TERM
		rm -rf .venv
		if "$$python" -m venv .venv >/dev/null 2>&1; then maker=$$python; break; fi
		problem="$$python cannot make a virtual environment"
		fix="sudo apt-get install python$$version-venv"
	done
	if [ -z "$$maker" ]; then echo "$$problem; fix: $$fix" >&2; exit 1; fi
	echo "Setting up .venv with $$maker (Python $$version): about a minute, once."
	$(pip_install) --require-hashes --requirement requirements-dev.lock || { echo '$(pip_advice)' >&2; exit 1; }
	pwd -P >.venv/.requirements
	trap - EXIT

.venv/.project: pyproject.toml .venv/.requirements
	@$(pip_install) --no-deps --no-build-isolation --editable . || { echo '$(pip_advice)' >&2; exit 1; }
	touch .venv/.project
