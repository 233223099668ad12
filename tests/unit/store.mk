# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += tests/unit/store_fixture.h tests/unit/snapshot-1
check_PROGRAMS += tests/unit/test_peer
tests_unit_test_peer_SOURCES = tests/unit/test_peer.c
tests_unit_test_peer_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_peer_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_record
tests_unit_test_record_SOURCES = tests/unit/test_record.c
tests_unit_test_record_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_record_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_store_memory
tests_unit_test_store_memory_SOURCES = tests/unit/query.h \
	tests/unit/test_store_memory.c
tests_unit_test_store_memory_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_store_memory_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_orders
tests_unit_test_orders_SOURCES = tests/unit/test_orders.c
tests_unit_test_orders_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_orders_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_store_parts
tests_unit_test_store_parts_SOURCES = tests/unit/test_store_parts.c
tests_unit_test_store_parts_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_store_parts_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_store_private
tests_unit_test_store_private_SOURCES = tests/unit/test_store_private.c
tests_unit_test_store_private_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_store_private_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_queue
tests_unit_test_queue_SOURCES = tests/unit/test_queue.c
tests_unit_test_queue_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_queue_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_redis_error
tests_unit_test_redis_error_SOURCES = tests/unit/test_redis_error.c
tests_unit_test_redis_error_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_redis_error_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)
