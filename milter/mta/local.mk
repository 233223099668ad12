# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libmta.a
libmta_a_SOURCES = \
	milter/mta/checkup.c \
	milter/mta/checkup.h \
	milter/mta/postfix.c \
	milter/mta/postfix.h \
	milter/mta/postfix_check.c \
	milter/mta/postfix_check.h \
	milter/mta/postfix_domains.c \
	milter/mta/queue_file.c \
	milter/mta/queue_file.h
LIBMTA = libmta.a $(LIBMAIL)
