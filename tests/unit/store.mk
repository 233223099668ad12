# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += tests/unit/test_store_memory
tests_unit_test_store_memory_SOURCES = tests/unit/test_store_memory.c
tests_unit_test_store_memory_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_store_memory_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)
