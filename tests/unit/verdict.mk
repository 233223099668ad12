# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += tests/unit/test_action tests/unit/test_words
tests_unit_test_action_SOURCES = tests/unit/test_action.c
tests_unit_test_action_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_action_LDADD = $(LIBVERDICT) $(CMOCKA_LIBS)
tests_unit_test_words_SOURCES = tests/unit/test_words.c
tests_unit_test_words_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_words_LDADD = $(LIBVERDICT) $(CMOCKA_LIBS)
