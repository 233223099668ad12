# SPDX-License-Identifier: BSD-2-Clause
# Unit tests, one fragment a layer; then the other kinds.
CHAOS_TESTS =
if HAVE_CMOCKA
include tests/unit/base.mk
include tests/unit/mail.mk
include tests/unit/forward.mk
include tests/unit/sigma.mk
include tests/unit/store.mk
include tests/unit/verdict.mk
include tests/unit/daemon.mk
include tests/unit/logs.mk
include tests/contract/local.mk
include tests/chaos/local.mk
endif
include tests/scenario/local.mk
include tests/faults/local.mk
include tests/logs/local.mk
include tests/milter/local.mk
include tests/rules/local.mk
include tests/mta/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk

HOUSE_TESTS = tests/layers.sh tests/names.sh tests/cited.sh tests/readme.sh \
	tests/contributing.sh
TESTS += $(HOUSE_TESTS)
EXTRA_DIST += $(HOUSE_TESTS) tests/tap.sh
TESTS += $(check_PROGRAMS)

# What takes minutes, under load and with servers that die: make check-chaos.
# What does not compile is a failure of `make check` all the same.
CLEANFILES += $(EXTRA_PROGRAMS)
check-local: $(EXTRA_PROGRAMS)
.PHONY: check-chaos
check-chaos: all $(CHAOS_TESTS)
	@$(AM_TESTS_ENVIRONMENT) failed=0; for test in $(CHAOS_TESTS); do \
		echo "# $$test"; \
		if test -f $$test; then ./$$test; else $(srcdir)/$$test; fi || \
			failed=1; \
	done; exit $$failed

# What has threads, for a build with --enable-sanitizers=thread.
THREAD_TESTS = tests/bench/threads.py
if HAVE_CMOCKA
THREAD_TESTS += tests/unit/test_base \
	tests/contract/test_memory tests/contract/test_redis \
	tests/contract/test_burst tests/contract/test_down
endif
EXTRA_DIST += tests/bench/threads.py
.PHONY: check-threads
check-threads: all
	$(MAKE) $(AM_MAKEFLAGS) $(THREAD_TESTS)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS="$(THREAD_TESTS)" \
		TEST_SUITE_LOG=check-threads.log
