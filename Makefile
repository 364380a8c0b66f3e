# SPDX-License-Identifier: MIT
# slipway, to boot fleets into RAM from signed layers; `make help` lists targets.

O ?= build
override O := $(abspath $(O))
PREFIX ?= /usr/local
CACHE ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/slipway
V ?=
override V := $(filter-out 0,$(V))

CC := gcc
KLCC := klcc
AR_PROG := ar
STRIP_PROG := strip
LD := ld
CRYPTO := $(O)/klibcrypto
export O V CC KLCC AR_PROG STRIP_PROG LD CRYPTO CACHE WERROR SANFLAGS NOKLIBC

build = $(MAKE) -rR --no-print-directory -f scripts/Makefile.build

.PHONY: all deps crypto tests check check-long fuzz demo bench size install \
	clean help
.DEFAULT_GOAL := all

# all: build every program (default)
all: deps crypto
	+@$(build) dir=.

# deps: install the Debian packages that are missing, once
deps:
	@scripts/deps build

crypto: deps
	@scripts/libcrypto "$(CRYPTO)"

# tests: build the programs that tests run
tests:
	@scripts/deps build check
	@$(MAKE) --no-print-directory all
	+@$(build) dir=tests

# check: run every test but the long ones
check: tests
	@tests/run

# check-long: run every test with all its cases
check-long: tests
	@LONG=1 LIMIT=14400 tests/run

# fuzz: run each fuzz target for SECONDS (60), two at a time
fuzz:
	@scripts/deps build check && scripts/deps fuzz
	@tests/fuzz/run $(or $(SECONDS),60)

# demo: build, sign and netboot a Debian role in QEMU (ROLE=web|rescue)
demo:
	@scripts/deps build demo
	@$(MAKE) --no-print-directory all
	@scripts/demo $(ROLE)

# bench: measure, as ratios taken in one run (WHAT='loopback line', SIZE=MIB)
bench: tests
	@scripts/deps bench
	@tests/bench $(WHAT)

# size: print the sizes that are bounded
size: all
	@tests/size

# install: install into DESTDIR and PREFIX
install: all
	@scripts/install "$(O)" "$(DESTDIR)" "$(PREFIX)"

# clean: remove what was built
clean:
	rm -rf "$(O)"

help:
	@sed -n 's/^# \([a-z-]*\): /  \1\t/p' Makefile | expand -t 14
	@echo 'Variables: O=DIR (output, default build), V=1 (show commands),'
	@echo '  WERROR=1, PREFIX=/usr/local, DESTDIR=, CACHE=~/.cache/slipway'
