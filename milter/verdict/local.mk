# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libverdict.a
libverdict_a_SOURCES = \
	milter/verdict/action.c \
	milter/verdict/action.h \
	milter/verdict/event.c \
	milter/verdict/event.h \
	milter/verdict/fetch.c \
	milter/verdict/fetch.h \
	milter/verdict/fields.c \
	milter/verdict/fields.h \
	milter/verdict/judge.c \
	milter/verdict/judge.h \
	milter/verdict/keep.c \
	milter/verdict/keep.h \
	milter/verdict/keyword.c \
	milter/verdict/keyword.h \
	milter/verdict/lists.c \
	milter/verdict/lists.h \
	milter/verdict/lookalike.c \
	milter/verdict/lookalike.h \
	milter/verdict/metrics.c \
	milter/verdict/metrics.h \
	milter/verdict/naming.c \
	milter/verdict/naming.h \
	milter/verdict/person.c \
	milter/verdict/person.h \
	milter/verdict/policies.c \
	milter/verdict/policies.h \
	milter/verdict/recollect.c \
	milter/verdict/recollect.h \
	milter/verdict/record.c \
	milter/verdict/record.h \
	milter/verdict/respond.c \
	milter/verdict/respond.h \
	milter/verdict/source.h \
	milter/verdict/tag.c \
	milter/verdict/tag.h \
	milter/verdict/ticket.c \
	milter/verdict/ticket.h \
	milter/verdict/value.c \
	milter/verdict/value.h \
	milter/verdict/verdict.c \
	milter/verdict/verdict.h \
	milter/verdict/waiting.c \
	milter/verdict/waiting.h
LIBVERDICT = libverdict.a $(LIBFORWARD) $(LIBSIGMA) $(LIBSTORE) $(PSL_LIBS) $(LIBBASE)
