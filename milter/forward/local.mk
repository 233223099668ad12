# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libforward.a
libforward_a_SOURCES = \
	milter/forward/bind.c \
	milter/forward/bind.h \
	milter/forward/common.c \
	milter/forward/common.h \
	milter/forward/confidence.c \
	milter/forward/confidence.h \
	milter/forward/context.c \
	milter/forward/context.h \
	milter/forward/custody.c \
	milter/forward/custody.h \
	milter/forward/evidence.c \
	milter/forward/evidence.h \
	milter/forward/exempt.c \
	milter/forward/exempt.h \
	milter/forward/findings.c \
	milter/forward/findings.h \
	milter/forward/flow.c \
	milter/forward/flow.h \
	milter/forward/follow.c \
	milter/forward/follow.h \
	milter/forward/ground.c \
	milter/forward/ground.h \
	milter/forward/hear.c \
	milter/forward/hear.h \
	milter/forward/infer.c \
	milter/forward/infer.h \
	milter/forward/mailbox.c \
	milter/forward/mailbox.h \
	milter/forward/mark.c \
	milter/forward/mark.h \
	milter/forward/mark_sign.c \
	milter/forward/mark_sign.h \
	milter/forward/marks.c \
	milter/forward/marks.h \
	milter/forward/named.c \
	milter/forward/named.h \
	milter/forward/observe.c \
	milter/forward/observe.h \
	milter/forward/own_list.c \
	milter/forward/own_list.h \
	milter/forward/platform.c \
	milter/forward/platform.h \
	milter/forward/recalled.c \
	milter/forward/recalled.h \
	milter/forward/rewritten.c \
	milter/forward/rewritten.h \
	milter/forward/speaker.c \
	milter/forward/speaker.h \
	milter/forward/subject.c \
	milter/forward/subject.h \
	milter/forward/trace.c \
	milter/forward/trace.h \
	milter/forward/weigh.c \
	milter/forward/weigh.h
LIBFORWARD = libforward.a $(LIBMAIL)
