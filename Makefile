# Each target sets up what it needs in .venv by itself.
PYTHON ?= python3
BIN := .venv/bin
# Tests at once.
JOBS ?= auto

# Where `make install` puts what; DESTDIR stands before all of it, for who makes packages.
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
LIB := $(PREFIX)/lib/clonewatch
SHARE := $(PREFIX)/share/clonewatch
INTO := $(DESTDIR)$(PREFIX)
UNIT := $(INTO)/lib/systemd/system/clonewatch.service
REPORT := $(INTO)/lib/systemd/system/clonewatch-report.service
CONFIG := $(DESTDIR)$(SYSCONFDIR)/clonewatch

.PHONY: demo test bounds check format bench bench-smoke evaluate install units boot clean

demo: .venv/ready
	$(BIN)/clonewatch demo

test: .venv/ready
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

# Kernels that check every index, in a cache of their own: what ships does not, and is to need it never.
bounds: export NUMBA_BOUNDSCHECK = 1
bounds: export NUMBA_CACHE_DIR = $(CURDIR)/.venv/bounds
bounds: test

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready
	$(BIN)/python -m bench.run --page docs

bench-smoke: .venv/ready
	$(BIN)/python -m bench.run --smoke --page bench/out

evaluate: .venv/ready
	$(BIN)/clonewatch evaluate --page docs

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable . --group dev
	touch .venv/ready

# A Python environment of its own, the command, units, and, where there is none, a configuration.
install:
	$(PYTHON) -m venv $(DESTDIR)$(LIB)
	$(DESTDIR)$(LIB)/bin/python -m pip install --quiet --constraint constraints.txt --upgrade pip
	$(DESTDIR)$(LIB)/bin/python -m pip install --quiet --constraint constraints.txt .
	$(if $(DESTDIR),grep -rlIF '$(DESTDIR)' $(DESTDIR)$(LIB)/bin $(DESTDIR)$(LIB)/pyvenv.cfg | xargs sed -i 's|$(DESTDIR)||g')
	install -d $(INTO)/bin $(INTO)/lib/systemd/system $(INTO)/lib/sysusers.d $(INTO)/lib/tmpfiles.d
	ln -sf $(LIB)/bin/clonewatch $(INTO)/bin/clonewatch
	for unit in clonewatch.service clonewatch.socket clonewatch-report.service clonewatch-report.timer; do \
		sed 's|/usr/bin/|$(PREFIX)/bin/|; s|/usr/share/doc/clonewatch|$(SHARE)|; s|/etc/clonewatch|$(SYSCONFDIR)/clonewatch|' \
			systemd/$$unit > $(INTO)/lib/systemd/system/$$unit || exit 1; done
	install -m 644 systemd/clonewatch.sysusers.conf $(INTO)/lib/sysusers.d/clonewatch.conf
	install -m 644 systemd/clonewatch.tmpfiles.conf $(INTO)/lib/tmpfiles.d/clonewatch.conf
	install -d $(DESTDIR)$(SHARE)/drop-ins $(CONFIG)
	install -m 644 systemd/drop-ins/*.conf $(DESTDIR)$(SHARE)/drop-ins
	install -m 644 docs/*.md systemd/clonewatch.toml $(DESTDIR)$(SHARE)
	for file in clonewatch.toml travel.csv mscs.csv; do \
		[ -e $(CONFIG)/$$file ] || install -m 644 systemd/$$file $(CONFIG)/$$file || exit 1; done

# Of what `make install` has put there: are the units right, and as closed as they can be? With each
# drop-in, too. (verify ends with 0 even where it has to complain of a key.)
units:
	! systemd-analyze verify $(UNIT) $(UNIT:.service=.socket) $(REPORT) $(REPORT:.service=.timer) 2>&1 | grep clonewatch
	systemd-analyze security --offline=true --no-pager --threshold=25 $(UNIT)
	systemd-analyze security --offline=true --no-pager --threshold=25 $(REPORT)
	for drop_in in systemd/drop-ins/*.conf; do \
		work=$$(mktemp -d) && mkdir $$work/clonewatch.service.d && cp $(UNIT) $$work && \
		cp $$drop_in $$work/clonewatch.service.d && \
		! systemd-analyze verify $$work/clonewatch.service 2>&1 | grep clonewatch && \
		systemd-analyze security --offline=true --no-pager --threshold=25 $$work/clonewatch.service \
			> $$work/said && echo "$$drop_in:" && tail -n 1 $$work/said && rm -r $$work || exit 1; done

# The units under a real systemd, in a container: needs root and systemd-container; some four minutes.
boot:
	tests/boot/run

clean:
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis bench/out
