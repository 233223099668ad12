# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += \
	tests/unit/test_config \
	tests/unit/test_confine \
	tests/unit/test_handover \
	tests/unit/test_listener \
	tests/unit/test_outbox \
	tests/unit/test_read_ahead \
	tests/unit/test_session \
	tests/unit/test_steady_clock \
	tests/unit/test_trouble \
	tests/unit/test_turns \
	tests/unit/test_webhook
tests_unit_test_confine_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_confine_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_config_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_config_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_handover_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_handover_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_listener_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_listener_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_outbox_SOURCES = tests/unit/test_outbox.c tests/unit/rows.h
tests_unit_test_outbox_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_outbox_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_read_ahead_SOURCES = tests/unit/test_read_ahead.c \
	tests/unit/pair.c tests/unit/pair.h tests/unit/rows.h
tests_unit_test_read_ahead_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_read_ahead_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_session_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_session_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_trouble_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_trouble_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_turns_SOURCES = tests/unit/test_turns.c \
	tests/unit/pair.c tests/unit/pair.h tests/unit/rows.h
tests_unit_test_turns_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_turns_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
tests_unit_test_webhook_SOURCES = tests/unit/test_webhook.c tests/unit/rows.h
tests_unit_test_webhook_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_webhook_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_postfix
tests_unit_test_postfix_SOURCES = tests/unit/test_postfix.c
tests_unit_test_postfix_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_postfix_LDADD = $(LIBMTA) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_underway
tests_unit_test_underway_SOURCES = tests/unit/test_underway.c
tests_unit_test_underway_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_underway_LDADD = $(LIBMTA) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_rules
tests_unit_test_rules_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_rules_LDADD = $(LIBMTA) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_oracle
tests_unit_test_oracle_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_oracle_LDADD = $(LIBMTA) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_engine
tests_unit_test_engine_SOURCES = tests/unit/test_engine.c \
	milter/cli/engine.c milter/cli/options.c milter/cli/screen.c
tests_unit_test_engine_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_engine_LDADD = $(LIBMTA) $(LIBLAB) $(LIBDAEMON) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_port
tests_unit_test_port_SOURCES = tests/unit/test_port.c
tests_unit_test_port_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_port_LDADD = $(LIBMTA) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_attach
tests_unit_test_attach_SOURCES = tests/unit/test_attach.c
tests_unit_test_attach_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_attach_LDADD = $(LIBMTA) $(CMOCKA_LIBS)
tests_unit_test_steady_clock_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_steady_clock_LDADD = $(LIBDAEMON) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_held
tests_unit_test_held_SOURCES = tests/unit/test_held.c milter/cli/held_join.c
tests_unit_test_held_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_held_LDADD = $(LIBMTA) $(CMOCKA_LIBS)
