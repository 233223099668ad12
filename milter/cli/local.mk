# SPDX-License-Identifier: BSD-2-Clause
forwarden_SOURCES = milter/cli/main.c milter/cli/command.h \
	milter/cli/ask.c milter/cli/ask.h \
	milter/cli/archive.c milter/cli/archive.h \
	milter/cli/checkup.c milter/cli/checkup.h \
	milter/cli/checkup_daemon.c milter/cli/checkup_domains.c \
	milter/cli/checkup_postfix.c \
	milter/cli/cmd_check.c \
	milter/cli/cmd_destination.c \
	milter/cli/cmd_doctor.c \
	milter/cli/cmd_events.c \
	milter/cli/cmd_explain.c \
	milter/cli/cmd_fields.c \
	milter/cli/cmd_forget.c \
	milter/cli/cmd_keys.c \
	milter/cli/cmd_mailbox.c \
	milter/cli/cmd_replay.c \
	milter/cli/cmd_routes.c \
	milter/cli/cmd_serve.c \
	milter/cli/cmd_status.c \
	milter/cli/cmd_test.c \
	milter/cli/cmd_top.c \
	milter/cli/engine.c milter/cli/engine.h \
	milter/cli/envelope.c milter/cli/envelope.h \
	milter/cli/input.c milter/cli/input.h \
	milter/cli/outcome.c milter/cli/outcome.h \
	milter/cli/paths.c milter/cli/paths.h \
	milter/cli/postfix.c milter/cli/postfix.h \
	milter/cli/process.c milter/cli/process.h \
	milter/cli/queue_file.c milter/cli/queue_file.h \
	milter/cli/reader.c milter/cli/reader.h \
	milter/cli/screen.c milter/cli/screen.h \
	milter/cli/show.c milter/cli/show.h \
	milter/cli/spool.c milter/cli/spool.h \
	milter/cli/test_file.c milter/cli/test_file.h \
	milter/cli/test_step.c milter/cli/test_step.h
forwarden_LDADD = $(LIBDAEMON) $(CURL_LIBS) $(ZLIB_LIBS)
