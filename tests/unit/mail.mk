# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += tests/unit/rows.h tests/unit/settings.h \
	tests/unit/sigma_settings.h tests/unit/store_settings.h
check_PROGRAMS += \
	tests/unit/test_address \
	tests/unit/test_encoded_word \
	tests/unit/test_field \
	tests/unit/test_message \
	tests/unit/test_name \
	tests/unit/test_param \
	tests/unit/test_realm \
	tests/unit/test_received
tests_unit_test_address_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_address_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)
tests_unit_test_encoded_word_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_encoded_word_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)
tests_unit_test_field_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_field_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)
tests_unit_test_message_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_message_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)
tests_unit_test_name_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_name_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)
tests_unit_test_param_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_param_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)
tests_unit_test_realm_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_realm_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)
tests_unit_test_received_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_received_LDADD = $(LIBMAIL) $(CMOCKA_LIBS)

# Real mail, and another reader of it. The programs are called by the script.
noinst_PROGRAMS += tests/oracle/facts
tests_oracle_facts_LDADD = $(LIBMAIL)
if HAVE_GMIME
noinst_PROGRAMS += tests/oracle/oracle
tests_oracle_oracle_CFLAGS = $(AM_CFLAGS) $(GMIME_CFLAGS)
tests_oracle_oracle_LDADD = $(LIBMAIL) $(GMIME_LIBS)
endif
TESTS += tests/oracle/oracle.sh
EXTRA_DIST += tests/oracle/oracle.sh tests/oracle/fields.txt \
	tests/oracle/kinds.txt tests/oracle/known.txt
