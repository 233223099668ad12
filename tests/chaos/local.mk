# SPDX-License-Identifier: BSD-2-Clause
# Redis is stopped, killed, failed over and resharded under load, and the
# figures are measured: check-chaos runs them.
EXTRA_PROGRAMS += tests/chaos/chaos
tests_chaos_chaos_SOURCES = tests/chaos/chaos.c \
	tests/contract/clusters.c tests/contract/clusters.h \
	tests/contract/watch.c tests/contract/watch.h \
	tests/contract/sentinels.c tests/contract/sentinels.h $(SERVER)
tests_chaos_chaos_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_chaos_chaos_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_chaos_chaos_LDADD = $(LIBSTORE)
EXTRA_PROGRAMS += tests/chaos/figures
tests_chaos_figures_SOURCES = tests/chaos/figures.c $(SERVER)
tests_chaos_figures_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_chaos_figures_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_chaos_figures_LDADD = $(LIBSTORE)
CHAOS_TESTS += tests/chaos/chaos tests/chaos/figures
CHAOS_TESTS += tests/chaos/night.py
EXTRA_DIST += tests/chaos/night.py
