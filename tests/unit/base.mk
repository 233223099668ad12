# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += \
	tests/unit/test_amount \
	tests/unit/test_atomic_file \
	tests/unit/test_base \
	tests/unit/test_bundle \
	tests/unit/test_codec \
	tests/unit/test_date \
	tests/unit/test_json_writer \
	tests/unit/test_list_file \
	tests/unit/test_memory \
	tests/unit/test_network \
	tests/unit/test_slice \
	tests/unit/test_waiter \
	tests/unit/test_whole
tests_unit_test_base_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_base_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_bundle_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_bundle_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_memory_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_memory_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_slice_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_slice_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_waiter_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_waiter_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_whole_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_whole_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_codec_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_codec_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_date_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_date_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_network_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_network_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_list_file_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_list_file_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_amount_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_amount_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_atomic_file_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_atomic_file_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
tests_unit_test_json_writer_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_json_writer_LDADD = $(LIBBASE) $(CMOCKA_LIBS)
