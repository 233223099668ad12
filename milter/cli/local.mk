# SPDX-License-Identifier: BSD-2-Clause
forwarden_SOURCES = \
	milter/cli/ask.c \
	milter/cli/ask.h \
	milter/cli/attach_listen.c \
	milter/cli/attach_listen.h \
	milter/cli/carried.c \
	milter/cli/carried.h \
	milter/cli/cmd_attach.c \
	milter/cli/cmd_check.c \
	milter/cli/cmd_destination.c \
	milter/cli/cmd_doctor.c \
	milter/cli/cmd_events.c \
	milter/cli/cmd_explain.c \
	milter/cli/cmd_export.c \
	milter/cli/cmd_fields.c \
	milter/cli/cmd_forget.c \
	milter/cli/cmd_import.c \
	milter/cli/cmd_keys.c \
	milter/cli/cmd_mailbox.c \
	milter/cli/cmd_reload.c \
	milter/cli/cmd_replay.c \
	milter/cli/cmd_routes.c \
	milter/cli/cmd_serve.c \
	milter/cli/cmd_status.c \
	milter/cli/cmd_test.c \
	milter/cli/cmd_top.c \
	milter/cli/command.h \
	milter/cli/doctor.c \
	milter/cli/doctor.h \
	milter/cli/doctor_daemon.c \
	milter/cli/doctor_host.c \
	milter/cli/doctor_logins.c \
	milter/cli/engine.c \
	milter/cli/engine.h \
	milter/cli/main.c \
	milter/cli/options.c \
	milter/cli/options.h \
	milter/cli/screen.c \
	milter/cli/screen.h \
	milter/cli/show.c \
	milter/cli/show.h \
	milter/cli/show_sum.c \
	milter/cli/show_sum.h
forwarden_LDADD = $(LIBMTA) $(LIBLAB) $(LIBDAEMON) $(CURL_LIBS)
