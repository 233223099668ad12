# SPDX-License-Identifier: BSD-2-Clause
FORWARD_TESTS = tests/unit/test_rewritten tests/unit/test_infer \
	tests/unit/test_forgery tests/unit/test_trust \
	tests/unit/test_twins tests/unit/test_corpus tests/unit/test_trace \
	tests/unit/test_marks tests/unit/test_forwarding_doc
check_PROGRAMS += $(FORWARD_TESTS)
EXTRA_DIST += tests/unit/letter.h tests/unit/flowcase.h \
	tests/unit/platforms.h
LETTERS = tests/unit/letter.c tests/unit/flowcase.c
PLATFORMS = tests/unit/platforms.c tests/unit/platforms_vendor.c \
	tests/unit/platforms_client.c
tests_unit_test_rewritten_SOURCES = tests/unit/test_rewritten.c
tests_unit_test_rewritten_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_rewritten_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
tests_unit_test_infer_SOURCES = tests/unit/test_infer.c \
	$(PLATFORMS) $(LETTERS)
tests_unit_test_infer_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_infer_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
tests_unit_test_forgery_SOURCES = tests/unit/test_forgery.c $(LETTERS)
tests_unit_test_forgery_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_forgery_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
tests_unit_test_trust_SOURCES = tests/unit/test_trust.c $(LETTERS)
tests_unit_test_trust_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_trust_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
tests_unit_test_twins_SOURCES = tests/unit/test_twins.c $(LETTERS)
tests_unit_test_twins_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_twins_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
tests_unit_test_corpus_SOURCES = tests/unit/test_corpus.c tests/unit/letter.c
tests_unit_test_corpus_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_corpus_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
tests_unit_test_trace_SOURCES = tests/unit/test_trace.c tests/unit/letter.c
tests_unit_test_trace_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_trace_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
tests_unit_test_marks_SOURCES = tests/unit/test_marks.c
tests_unit_test_marks_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_marks_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
tests_unit_test_forwarding_doc_SOURCES = tests/unit/test_forwarding_doc.c \
	$(PLATFORMS) $(LETTERS)
tests_unit_test_forwarding_doc_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_forwarding_doc_LDADD = $(LIBFORWARD) $(CMOCKA_LIBS)
