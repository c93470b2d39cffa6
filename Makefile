# `make demo` and `make test` are all a fresh machine needs; each target first sees to what it needs (.ci/prepare).
#
#   PYTHON=…        the interpreter for .venv (default: the first suitable python3)
#   DEMO_OUTPUT=…   where a demo without a display puts its pictures and papers
#   DESTDIR=…       make install into a staging folder
#   PYTEST_ARGS=…   more arguments for pytest

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PACKAGES := kiosk drivers devices storage ticketing
DEMO_OUTPUT ?= demo-output
BENCH_OUTPUT ?= bench-output
PYTEST_ARGS ?=

PREFIX ?= /opt/gashall
DESTDIR ?=
# The appliance runs on Debian's own Python: another one, in somebody's home, is out of sight of a confined service.
INSTALL_PYTHON ?= /usr/bin/python3

.PHONY: help demo test bench lint check ready clean install install-program install-files

help:
	@echo 'make demo      the virtual hall: a customer tops up a gas card (pictures only, without a display)'
	@echo 'make test      everything that is checked: ruff, mypy, import contracts, pytest'
	@echo 'make check     the quick part of it: no real wires'
	@echo 'make lint      ruff, mypy, import contracts'
	@echo 'make bench     measurements: a table and JSON'
	@echo 'make install   the appliance on this Debian machine (as root), or into DESTDIR'

ready:
	@.ci/prepare packages systemd/packages-development.txt
	@.ci/prepare python $(VENV)

demo: ready
	@if [[ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]]; then \
		echo '· The virtual hall: close the hardware panel to end it'; \
		exec $(BIN)/gashall demo; \
	else \
		echo '· No display: the visit is played headless, into $(DEMO_OUTPUT)/'; \
		exec $(BIN)/gashall demo --headless $(DEMO_OUTPUT); \
	fi

lint: ready
	@echo '· ruff'
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo '· mypy --strict'
	@$(BIN)/mypy --strict
	@echo '· import contracts'
	@$(BIN)/lint-imports

test: lint
	@echo '· pytest'
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

check: lint
	@echo '· pytest, without the real wires'
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m 'not wire' $(PYTEST_ARGS)

bench: ready
	@echo '· Measuring: keep the machine quiet'
	@$(BIN)/python -m kiosk.virtual.bench

clean:
	rm -rf $(VENV) .make .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(DEMO_OUTPUT) $(BENCH_OUTPUT)

# ---- the appliance ---------------------------------------------------------------------------------------------------

install: install-program install-files
ifeq ($(DESTDIR),)
	@systemd-sysusers gashall.conf
	@systemd-tmpfiles --create gashall.conf
	@if [[ -d /run/systemd/system ]]; then \
		systemctl daemon-reload; \
		systemctl restart systemd-modules-load.service systemd-journald.service; \
		sysctl --quiet --load=/etc/sysctl.d/70-gashall.conf; \
		udevadm control --reload; \
	fi
	@echo '· Installed. Next: edit /etc/gashall/gashall.toml and /etc/udev/rules.d/70-gashall.rules,'
	@echo '  then: $(PREFIX)/bin/gashall config check /etc/gashall/gashall.toml'
	@echo '  then: systemctl enable --now gashall-hall.service gashall-screen@customer.service'
endif

install-program:
ifeq ($(DESTDIR),)
	@[[ $$(id -u) -eq 0 ]] || { echo '✗ make install changes the system: run it as root, or give DESTDIR=…' >&2; exit 1; }
	@! systemctl --quiet is-active gashall-hall.service 2>/dev/null \
		|| { echo '✗ The hall is running from $(PREFIX). Stop it first: systemctl stop gashall-hall' >&2; exit 1; }
	@.ci/prepare packages systemd/packages-appliance.txt
endif
	@echo '· The program, in $(DESTDIR)$(PREFIX)'
	@$(INSTALL_PYTHON) -m venv --clear $(DESTDIR)$(PREFIX)
	@$(DESTDIR)$(PREFIX)/bin/python -m pip install --quiet --disable-pip-version-check -c requirements.lock '.[ui]'
ifneq ($(DESTDIR),)
	@grep -rlI --exclude-dir=lib '$(DESTDIR)$(PREFIX)' $(DESTDIR)$(PREFIX) | xargs -r sed -i 's|$(DESTDIR)$(PREFIX)|$(PREFIX)|g'
endif

# Unit files name /opt/gashall; another PREFIX is written into them here.
install-files:
	@echo '· Units, rules and settings, in $(DESTDIR)/etc'
	@install -d -m 755 $(DESTDIR)/etc/systemd/system $(DESTDIR)/etc/udev/rules.d $(DESTDIR)/etc/sysusers.d $(DESTDIR)/etc/tmpfiles.d \
		$(DESTDIR)/etc/systemd/journald.conf.d $(DESTDIR)/etc/systemd/logind.conf.d $(DESTDIR)/etc/modules-load.d \
		$(DESTDIR)/etc/sysctl.d $(DESTDIR)/etc/polkit-1/rules.d $(DESTDIR)$(PREFIX)/share/doc/gashall
	@install -d -m 750 $(DESTDIR)/etc/gashall
	@for unit in gashall-hall.service gashall-screen@.service; do \
		sed 's|/opt/gashall|$(PREFIX)|g' systemd/$$unit | install -m 644 /dev/stdin $(DESTDIR)/etc/systemd/system/$$unit; \
	done
	@install -m 644 systemd/gashall.sysusers.conf $(DESTDIR)/etc/sysusers.d/gashall.conf
	@install -m 644 systemd/gashall.tmpfiles.conf $(DESTDIR)/etc/tmpfiles.d/gashall.conf
	@install -m 644 systemd/gashall.modules.conf $(DESTDIR)/etc/modules-load.d/gashall.conf
	@install -m 644 systemd/gashall.journald.conf $(DESTDIR)/etc/systemd/journald.conf.d/gashall.conf
	@install -m 644 systemd/gashall.logind.conf $(DESTDIR)/etc/systemd/logind.conf.d/gashall.conf
	@install -m 644 systemd/gashall.sysctl.conf $(DESTDIR)/etc/sysctl.d/70-gashall.conf
	@install -m 644 systemd/gashall.polkit.rules $(DESTDIR)/etc/polkit-1/rules.d/50-gashall.rules
	@install -m 644 README.md README.zh-CN.md ARCHITECTURE.md CHANGELOG.md $(DESTDIR)$(PREFIX)/share/doc/gashall/
	@cp -r docs/runbook $(DESTDIR)$(PREFIX)/share/doc/gashall/
	@if [[ -e $(DESTDIR)/etc/udev/rules.d/70-gashall.rules ]]; then \
		install -m 644 systemd/70-gashall.rules $(DESTDIR)/etc/udev/rules.d/70-gashall.rules.new; \
		echo '  70-gashall.rules is kept as it is; the new example is beside it (.new)'; \
	else \
		install -m 644 systemd/70-gashall.rules $(DESTDIR)/etc/udev/rules.d/70-gashall.rules; \
	fi
	@if [[ -e $(DESTDIR)/etc/gashall/gashall.toml ]]; then \
		install -m 640 systemd/gashall.example.toml $(DESTDIR)/etc/gashall/gashall.toml.new; \
		echo '  gashall.toml is kept as it is; the new example is beside it (.new)'; \
	else \
		install -m 640 systemd/gashall.example.toml $(DESTDIR)/etc/gashall/gashall.toml; \
	fi
