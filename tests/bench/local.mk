# SPDX-License-Identifier: BSD-2-Clause
noinst_PROGRAMS += tests/bench/loadgen tests/bench/nullmilter
tests_bench_loadgen_SOURCES = tests/bench/loadgen.c \
	tests/bench/wire.c tests/bench/wire.h tests/bench/mix.c \
	tests/bench/mix.h tests/bench/cpu.c tests/bench/cpu.h
tests_bench_loadgen_LDADD = $(LIBBASE)
tests_bench_nullmilter_SOURCES = tests/bench/nullmilter.c
tests_bench_nullmilter_LDADD = $(MILTER_LIBS)
EXTRA_DIST += tests/bench/mail/in.txt tests/bench/mail/out.txt \
	tests/bench/mail/forward-postfix.txt \
	tests/bench/mail/forward-exchange.txt \
	tests/bench/mail/forward-gmail.txt \
	tests/bench/rspamd.conf
noinst_PROGRAMS += tests/bench/bench_message
tests_bench_bench_message_LDADD = $(LIBMAIL)
noinst_PROGRAMS += tests/bench/bench_judge
tests_bench_bench_judge_LDADD = $(LIBLAB) $(LIBDAEMON)
noinst_PROGRAMS += tests/bench/bench_infer
tests_bench_bench_infer_LDADD = $(LIBFORWARD)
noinst_PROGRAMS += tests/bench/bench_wide
tests_bench_bench_wide_LDADD = $(LIBLAB) $(LIBDAEMON)
