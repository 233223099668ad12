# SPDX-License-Identifier: BSD-2-Clause
# A fuzzer fuzz_NAME is one file with LLVMFuzzerTestOneInput() and a small
# corpus in corpus/NAME. With --enable-fuzzers (CC=clang) it is a libFuzzer
# program, built by `make fuzzers`; otherwise `make check` replays its corpus.
# To add one: FUZZERS, a line for its LDADD, its corpus.

FUZZERS = \
	tests/fuzz/fuzz_address \
	tests/fuzz/fuzz_alert \
	tests/fuzz/fuzz_aliases \
	tests/fuzz/fuzz_condition \
	tests/fuzz/fuzz_encoded_word \
	tests/fuzz/fuzz_field \
	tests/fuzz/fuzz_filters \
	tests/fuzz/fuzz_follow_state \
	tests/fuzz/fuzz_forward_file \
	tests/fuzz/fuzz_held \
	tests/fuzz/fuzz_infer \
	tests/fuzz/fuzz_journal \
	tests/fuzz/fuzz_judge \
	tests/fuzz/fuzz_log \
	tests/fuzz/fuzz_log_line \
	tests/fuzz/fuzz_match \
	tests/fuzz/fuzz_message \
	tests/fuzz/fuzz_mta_conf \
	tests/fuzz/fuzz_param \
	tests/fuzz/fuzz_policy \
	tests/fuzz/fuzz_realm \
	tests/fuzz/fuzz_received \
	tests/fuzz/fuzz_record \
	tests/fuzz/fuzz_rewritten \
	tests/fuzz/fuzz_sieve \
	tests/fuzz/fuzz_yaml

if FUZZERS
EXTRA_PROGRAMS += $(FUZZERS)
FUZZ_MAIN = $(LIBFUZZER)
else
check_LIBRARIES += libreplay.a
libreplay_a_SOURCES = tests/fuzz/replay.c
check_PROGRAMS += $(FUZZERS)
FUZZ_MAIN = libreplay.a
endif

tests_fuzz_fuzz_address_LDADD = $(FUZZ_MAIN) $(LIBMAIL)
tests_fuzz_fuzz_alert_LDADD = $(FUZZ_MAIN) $(LIBVERDICT)
tests_fuzz_fuzz_aliases_LDADD = $(FUZZ_MAIN) $(LIBMTA)
tests_fuzz_fuzz_condition_LDADD = $(FUZZ_MAIN) $(LIBSIGMA)
tests_fuzz_fuzz_encoded_word_LDADD = $(FUZZ_MAIN) $(LIBMAIL)
tests_fuzz_fuzz_field_LDADD = $(FUZZ_MAIN) $(LIBMAIL)
tests_fuzz_fuzz_filters_LDADD = $(FUZZ_MAIN) $(LIBMTA)
# What it reads is the program's own, not a library's.
tests_fuzz_fuzz_follow_state_SOURCES = tests/fuzz/fuzz_follow_state.c \
	milter/cli/follow_journal.c milter/cli/follow_source.c \
	milter/cli/follow_state.c milter/cli/follow_told.c
tests_fuzz_fuzz_follow_state_LDADD = $(FUZZ_MAIN) $(LIBLOGS)
tests_fuzz_fuzz_forward_file_LDADD = $(FUZZ_MAIN) $(LIBMTA)
tests_fuzz_fuzz_held_LDADD = $(FUZZ_MAIN) $(LIBMTA)
tests_fuzz_fuzz_infer_LDADD = $(FUZZ_MAIN) $(LIBFORWARD)
tests_fuzz_fuzz_journal_LDADD = $(FUZZ_MAIN) $(LIBSTORE)
tests_fuzz_fuzz_judge_LDADD = $(FUZZ_MAIN) $(LIBLAB) $(LIBDAEMON)
tests_fuzz_fuzz_log_LDADD = $(FUZZ_MAIN) $(LIBLOGS)
tests_fuzz_fuzz_log_line_LDADD = $(FUZZ_MAIN) $(LIBLOGS)
tests_fuzz_fuzz_match_LDADD = $(FUZZ_MAIN) $(LIBSIGMA)
tests_fuzz_fuzz_message_LDADD = $(FUZZ_MAIN) $(LIBMAIL)
tests_fuzz_fuzz_mta_conf_LDADD = $(FUZZ_MAIN) $(LIBMTA)
tests_fuzz_fuzz_param_LDADD = $(FUZZ_MAIN) $(LIBMAIL)
tests_fuzz_fuzz_policy_LDADD = $(FUZZ_MAIN) $(LIBSIGMA)
tests_fuzz_fuzz_realm_LDADD = $(FUZZ_MAIN) $(LIBMAIL)
tests_fuzz_fuzz_received_LDADD = $(FUZZ_MAIN) $(LIBMAIL)
tests_fuzz_fuzz_record_LDADD = $(FUZZ_MAIN) $(LIBSTORE)
tests_fuzz_fuzz_rewritten_LDADD = $(FUZZ_MAIN) $(LIBFORWARD)
tests_fuzz_fuzz_sieve_LDADD = $(FUZZ_MAIN) $(LIBMTA)
tests_fuzz_fuzz_yaml_LDADD = $(FUZZ_MAIN) $(LIBYAML)

fuzzers: $(FUZZERS)
.PHONY: fuzzers

EXTRA_DIST += tests/fuzz/fuzz.h tests/fuzz/survey.h tests/fuzz/corpus scripts/fuzz
