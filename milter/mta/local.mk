# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libmta.a
libmta_a_SOURCES = \
	milter/mta/postfix.c \
	milter/mta/postfix.h \
	milter/mta/queue_file.c \
	milter/mta/queue_file.h
LIBMTA = libmta.a $(LIBMAIL)
