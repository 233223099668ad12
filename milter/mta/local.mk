# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libmta.a
libmta_a_SOURCES = \
	milter/mta/attach_check.c \
	milter/mta/attach_check.h \
	milter/mta/attach_postfix.c \
	milter/mta/attach_postfix.h \
	milter/mta/attach_say.c \
	milter/mta/attach_say.h \
	milter/mta/attach_show.c \
	milter/mta/cf_file.c \
	milter/mta/cf_file.h \
	milter/mta/cf_text.c \
	milter/mta/cf_text.h \
	milter/mta/checkup.c \
	milter/mta/checkup.h \
	milter/mta/listeners.c \
	milter/mta/listeners.h \
	milter/mta/milter_path.c \
	milter/mta/milter_path.h \
	milter/mta/port.c \
	milter/mta/port.h \
	milter/mta/postfix.c \
	milter/mta/postfix.h \
	milter/mta/postfix_check.c \
	milter/mta/postfix_check.h \
	milter/mta/postfix_control.c \
	milter/mta/postfix_control.h \
	milter/mta/postfix_domains.c \
	milter/mta/probe.c \
	milter/mta/probe.h \
	milter/mta/prove.c \
	milter/mta/prove.h \
	milter/mta/queue.c \
	milter/mta/queue.h \
	milter/mta/queue_file.c \
	milter/mta/queue_file.h \
	milter/mta/recipe.c \
	milter/mta/recipe.h \
	milter/mta/recipe_senders.c \
	milter/mta/site.c \
	milter/mta/site.h \
	milter/mta/smtp_client.c \
	milter/mta/smtp_client.h \
	milter/mta/way.c \
	milter/mta/way.h
LIBMTA = libmta.a $(LIBMAIL)
