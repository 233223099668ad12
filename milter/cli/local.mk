# SPDX-License-Identifier: BSD-2-Clause
forwarden_SOURCES = milter/cli/main.c milter/cli/command.h \
	milter/cli/ask.c milter/cli/ask.h \
	milter/cli/cmd_check.c \
	milter/cli/cmd_destination.c \
	milter/cli/cmd_events.c \
	milter/cli/cmd_forget.c \
	milter/cli/cmd_keys.c \
	milter/cli/cmd_mailbox.c \
	milter/cli/cmd_routes.c \
	milter/cli/cmd_serve.c \
	milter/cli/cmd_status.c \
	milter/cli/cmd_top.c \
	milter/cli/screen.c milter/cli/screen.h
forwarden_LDADD = $(LIBDAEMON) $(CURL_LIBS) $(ZLIB_LIBS)
