# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += \
	tests/unit/test_action \
	tests/unit/test_alert \
	tests/unit/test_doubts \
	tests/unit/test_eml \
	tests/unit/test_event \
	tests/unit/test_input \
	tests/unit/test_fields \
	tests/unit/test_foreseen \
	tests/unit/test_judge \
	tests/unit/test_limits \
	tests/unit/test_list_read \
	tests/unit/test_recollect \
	tests/unit/test_throttle \
	tests/unit/test_ticket \
	tests/unit/test_said \
	tests/unit/test_words
VERDICT_TEST_LIBS = $(LIBLAB) $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_action_SOURCES = tests/unit/test_action.c
tests_unit_test_action_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_alert_SOURCES = tests/unit/test_alert.c tests/unit/rows.h
tests_unit_test_alert_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_doubts_SOURCES = tests/unit/test_doubts.c tests/unit/rows.h
tests_unit_test_doubts_LDADD = $(VERDICT_TEST_LIBS)
EXTRA_DIST += tests/unit/doubts.txt
tests_unit_test_eml_SOURCES = tests/unit/test_eml.c
tests_unit_test_eml_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_event_SOURCES = tests/unit/test_event.c \
	tests/unit/verdict_box.h
tests_unit_test_event_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_input_SOURCES = tests/unit/test_input.c
tests_unit_test_input_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_fields_SOURCES = tests/unit/test_fields.c \
	tests/unit/verdict_box.h
tests_unit_test_fields_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_judge_SOURCES = tests/unit/test_judge.c \
	tests/unit/verdict_box.h
tests_unit_test_judge_LDADD = $(VERDICT_TEST_LIBS) $(JANSSON_LIBS)
tests_unit_test_limits_SOURCES = tests/unit/test_limits.c \
	tests/unit/rows.h tests/unit/verdict_box.h
tests_unit_test_limits_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_list_read_SOURCES = tests/unit/test_list_read.c \
	tests/unit/rows.h
tests_unit_test_list_read_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_foreseen_SOURCES = tests/unit/test_foreseen.c \
	tests/unit/rows.h tests/unit/verdict_box.h
tests_unit_test_foreseen_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_recollect_SOURCES = tests/unit/test_recollect.c \
	tests/unit/rows.h tests/unit/verdict_box.h
tests_unit_test_recollect_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_throttle_SOURCES = tests/unit/test_throttle.c \
	tests/unit/rows.h
tests_unit_test_throttle_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_ticket_SOURCES = tests/unit/test_ticket.c \
	tests/unit/rows.h tests/unit/verdict_box.h
tests_unit_test_ticket_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_said_SOURCES = tests/unit/test_said.c
tests_unit_test_said_LDADD = $(VERDICT_TEST_LIBS)
tests_unit_test_words_SOURCES = tests/unit/test_words.c
tests_unit_test_words_LDADD = $(VERDICT_TEST_LIBS)
