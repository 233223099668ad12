# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += liblab.a
liblab_a_SOURCES = \
	milter/lab/archive.c \
	milter/lab/archive.h \
	milter/lab/eml.c \
	milter/lab/eml.h \
	milter/lab/envelope.c \
	milter/lab/envelope.h \
	milter/lab/hunt.c \
	milter/lab/hunt.h \
	milter/lab/outcome.c \
	milter/lab/outcome.h \
	milter/lab/paths.c \
	milter/lab/paths.h \
	milter/lab/replay.c \
	milter/lab/replay.h \
	milter/lab/sandbox.c \
	milter/lab/sandbox.h \
	milter/lab/spool.c \
	milter/lab/spool.h \
	milter/lab/test_case.h \
	milter/lab/test_file.c \
	milter/lab/test_file.h \
	milter/lab/test_run.c \
	milter/lab/test_run.h \
	milter/lab/test_step.c \
	milter/lab/test_step.h \
	milter/lab/trial.c \
	milter/lab/trial.h
LIBLAB = liblab.a $(LIBVERDICT)
