# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += test_diag test_yaml tests/unit/test_policy \
	tests/unit/test_mistakes tests/unit/test_refusals \
	tests/unit/test_correlation tests/unit/test_reference \
	tests/unit/test_regex tests/unit/test_needles \
	tests/unit/test_shortlist
test_diag_SOURCES = tests/unit/test_diag.c
test_diag_LDADD = $(LIBYAML) $(CMOCKA_LIBS)
test_yaml_SOURCES = tests/unit/test_yaml.c
test_yaml_LDADD = $(LIBYAML) $(CMOCKA_LIBS)
noinst_PROGRAMS += tests/sigma_eval
tests_sigma_eval_SOURCES = tests/sigma_eval.c
tests_sigma_eval_LDADD = $(LIBSIGMA) $(JANSSON_LIBS)
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c \
	tests/unit/policy.h tests/unit/rows.h
tests_unit_test_policy_LDADD = $(LIBSIGMA) $(CMOCKA_LIBS)
noinst_PROGRAMS += tests/bench/bench_sigma
tests_bench_bench_sigma_SOURCES = tests/bench/bench_sigma.c
tests_bench_bench_sigma_LDADD = $(LIBSIGMA)
TESTS += tests/sigma_proof.tap
EXTRA_DIST += tests/sigma_proof.tap
tests_unit_test_mistakes_SOURCES = tests/unit/test_mistakes.c \
	tests/unit/policy.h tests/unit/rows.h
tests_unit_test_mistakes_LDADD = $(LIBSIGMA) $(CMOCKA_LIBS)
tests_unit_test_refusals_SOURCES = tests/unit/test_refusals.c \
	tests/unit/policy.h tests/unit/rows.h
tests_unit_test_refusals_LDADD = $(LIBSIGMA) $(CMOCKA_LIBS)
EXTRA_DIST += tests/unit/mistakes
tests_unit_test_correlation_SOURCES = tests/unit/test_correlation.c \
	tests/unit/counted.h tests/unit/policy.h tests/unit/rows.h
tests_unit_test_correlation_LDADD = $(LIBSIGMA) $(LIBSTORE) $(CMOCKA_LIBS)
tests_unit_test_reference_SOURCES = tests/unit/test_reference.c \
	tests/unit/counted.h tests/unit/policy.h tests/unit/rows.h
tests_unit_test_reference_LDADD = $(LIBSIGMA) $(LIBSTORE) $(CMOCKA_LIBS)
tests_unit_test_regex_SOURCES = tests/unit/test_regex.c tests/unit/rows.h
tests_unit_test_regex_LDADD = $(LIBSIGMA) $(CMOCKA_LIBS)
tests_unit_test_needles_SOURCES = tests/unit/test_needles.c tests/unit/rows.h
tests_unit_test_needles_LDADD = $(LIBSIGMA) $(CMOCKA_LIBS)
TESTS += tests/policies_schema.tap
EXTRA_DIST += tests/policies_schema.tap
tests_unit_test_shortlist_SOURCES = tests/unit/test_shortlist.c \
	tests/unit/policy.h tests/unit/rows.h
tests_unit_test_shortlist_LDADD = $(LIBSIGMA) $(CMOCKA_LIBS)
