# SPDX-License-Identifier: BSD-2-Clause
# Tests with real mail servers; they need root. Apart from `make check`, for
# they take their time: make check-mta.
MTA_TESTS = tests/mta/audit.py tests/mta/routes.py tests/mta/attach_postfix.py \
	tests/mta/attach_troubles.py tests/mta/attach_setups.py \
	tests/mta/forwarding.py tests/mta/tickets.py tests/mta/held.py \
	tests/mta/held_tender.py \
	tests/mta/contained.py \
	tests/mta/newmessages.py tests/mta/ways.py tests/mta/framings.py \
	tests/mta/forwarders.py tests/mta/sendmail.py \
	tests/mta/sendmail_ways.py tests/mta/doctor.py \
	tests/mta/page_browser.py tests/mta/demos.sh tests/chaos/storm.py

.PHONY: check-mta
check-mta: all
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS="$(MTA_TESTS)" \
		TEST_SUITE_LOG=check-mta.log

EXTRA_DIST += $(MTA_TESTS) \
	tests/mta/demo.py tests/mta/demo_redis.py tests/mta/rig/__init__.py \
	tests/mta/rig/core.py tests/mta/rig/smtp.py \
	tests/mta/rig/dovecot.py tests/mta/rig/exim.py \
	tests/mta/rig/postfix.py tests/mta/rig/sendmail.py \
	tests/mta/rig/redis.py tests/mta/rig/syslog.py tests/mta/rig/table.py \
	tests/mta/rig/watched.py tests/mta/rig/watched_table.py \
	tests/mta/rig/forwarden.py
