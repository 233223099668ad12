# SPDX-License-Identifier: BSD-2-Clause
# One table of cases against every backend of the store.
CONTRACT = tests/contract/cases.c tests/contract/contract.h \
	tests/contract/rights_user.h
SERVER = tests/contract/server.c tests/contract/server.h

check_PROGRAMS += tests/contract/test_memory
tests_contract_test_memory_SOURCES = tests/contract/test_memory.c $(CONTRACT)
tests_contract_test_memory_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_memory_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_redis
tests_contract_test_redis_SOURCES = tests/contract/test_redis.c \
	$(CONTRACT) $(SERVER)
tests_contract_test_redis_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_redis_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_redis_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_down
tests_contract_test_down_SOURCES = tests/contract/test_down.c \
	$(CONTRACT) 
tests_contract_test_down_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_down_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_down_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_clock
tests_contract_test_clock_SOURCES = tests/contract/test_clock.c $(SERVER)
tests_contract_test_clock_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_clock_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_clock_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_burst
tests_contract_test_burst_SOURCES = tests/contract/test_burst.c $(SERVER)
tests_contract_test_burst_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_burst_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_burst_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_cluster
tests_contract_test_cluster_SOURCES = tests/contract/test_cluster.c \
	tests/contract/clusters.c tests/contract/clusters.h \
	$(CONTRACT) $(SERVER)
tests_contract_test_cluster_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_cluster_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_cluster_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_moved
tests_contract_test_moved_SOURCES = tests/contract/test_moved.c \
	tests/contract/clusters.c tests/contract/clusters.h $(SERVER)
tests_contract_test_moved_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_moved_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_moved_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_sentinel
tests_contract_test_sentinel_SOURCES = tests/contract/test_sentinel.c \
	$(CONTRACT) $(SERVER) \
	tests/contract/sentinels.c tests/contract/sentinels.h
tests_contract_test_sentinel_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_sentinel_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_sentinel_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_sentinel_login
tests_contract_test_sentinel_login_SOURCES = \
	tests/contract/test_sentinel_login.c $(SERVER) \
	tests/contract/sentinels.c tests/contract/sentinels.h
tests_contract_test_sentinel_login_CPPFLAGS = $(AM_CPPFLAGS)
tests_contract_test_sentinel_login_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_sentinel_login_LDADD = $(LIBSTORE)

# Faults take minutes: they are apart from `make check`.
EXTRA_PROGRAMS += tests/contract/test_faults
CHAOS_TESTS += tests/contract/test_faults
tests_contract_test_faults_SOURCES = tests/contract/test_faults.c \
	tests/contract/proxy.c tests/contract/proxy.h $(SERVER)
tests_contract_test_faults_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_faults_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_faults_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_redis_bytes
tests_contract_test_redis_bytes_SOURCES = tests/contract/test_redis_bytes.c \
	$(SERVER)
tests_contract_test_redis_bytes_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_redis_bytes_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_redis_bytes_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_take
tests_contract_test_take_SOURCES = tests/contract/test_take.c $(SERVER)
tests_contract_test_take_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_contract_test_take_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_take_LDADD = $(LIBSTORE) $(CMOCKA_LIBS)

check_PROGRAMS += tests/contract/test_redis_doc
tests_contract_test_redis_doc_SOURCES = tests/contract/test_redis_doc.c \
	$(SERVER)
tests_contract_test_redis_doc_CPPFLAGS = $(AM_CPPFLAGS)
tests_contract_test_redis_doc_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_redis_doc_LDADD = $(LIBSTORE)

check_PROGRAMS += tests/contract/test_tls
tests_contract_test_tls_SOURCES = tests/contract/test_tls.c $(SERVER) \
	tests/contract/sentinels.c tests/contract/sentinels.h
tests_contract_test_tls_CPPFLAGS = $(AM_CPPFLAGS)
tests_contract_test_tls_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_tls_LDADD = $(LIBSTORE)

check_PROGRAMS += tests/contract/test_rights
tests_contract_test_rights_SOURCES = tests/contract/test_rights.c \
	tests/contract/rights_user.h $(SERVER)
tests_contract_test_rights_CPPFLAGS = $(AM_CPPFLAGS)
tests_contract_test_rights_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_rights_LDADD = $(LIBSTORE)

TESTS += tests/contract/lua.sh
EXTRA_DIST += tests/contract/lua.sh

check_PROGRAMS += tests/contract/test_errors
tests_contract_test_errors_SOURCES = tests/contract/test_errors.c \
	tests/contract/clusters.c tests/contract/clusters.h \
	tests/contract/watch.c tests/contract/watch.h $(SERVER)
tests_contract_test_errors_CPPFLAGS = $(AM_CPPFLAGS)
tests_contract_test_errors_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual
tests_contract_test_errors_LDADD = $(LIBSTORE)
