# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += tests/unit/test_log_lines
tests_unit_test_log_lines_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_log_lines_LDADD = $(LIBLOGS) $(CMOCKA_LIBS)
