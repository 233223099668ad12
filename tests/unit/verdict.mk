# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += test_action test_words test_eml test_judge test_recollect \
	test_fields
test_action_SOURCES = tests/unit/test_action.c
test_action_LDADD = $(LIBLAB) $(LIBDAEMON) $(CMOCKA_LIBS)
test_words_SOURCES = tests/unit/test_words.c
test_words_LDADD = $(LIBLAB) $(CMOCKA_LIBS)
test_eml_SOURCES = tests/unit/test_eml.c
test_eml_LDADD = $(LIBLAB) $(CMOCKA_LIBS)
test_judge_SOURCES = tests/unit/test_judge.c tests/unit/verdict_box.h
test_judge_LDADD = $(LIBLAB) $(LIBDAEMON) $(JANSSON_LIBS) $(CMOCKA_LIBS)
test_fields_SOURCES = tests/unit/test_fields.c tests/unit/verdict_box.h
test_fields_LDADD = $(LIBLAB) $(LIBDAEMON) $(CMOCKA_LIBS)
test_recollect_SOURCES = tests/unit/test_recollect.c tests/unit/rows.h \
	tests/unit/verdict_box.h
test_recollect_LDADD = $(LIBLAB) $(LIBDAEMON) $(CMOCKA_LIBS)
