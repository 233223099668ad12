# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += tests/unit/rows.h
MAIL_TESTS = tests/unit/test_address
check_PROGRAMS += $(MAIL_TESTS)
tests_unit_test_address_SOURCES = tests/unit/test_address.c
tests_unit_test_address_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
tests_unit_test_address_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_address_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)
