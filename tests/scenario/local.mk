# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += test_scenarios
test_scenarios_SOURCES = tests/scenario/test_scenarios.c \
	tests/scenario/scn.c tests/scenario/scn.h
test_scenarios_LDADD = $(LIBLAB)
EXTRA_DIST += tests/scenario/README.md \
	tests/scenario/bursts.scn \
	tests/scenario/clients.scn \
	tests/scenario/exemptions.scn \
	tests/scenario/flows.scn \
	tests/scenario/hostile.scn \
	tests/scenario/respond.scn \
	tests/scenario/retries.scn \
	tests/scenario/store-down.scn

POLICY_TESTS = tests/scenario/policies.sh tests/scenario/not_forwarded.sh \
	tests/scenario/tools.sh
TESTS += $(POLICY_TESTS)
EXTRA_DIST += $(POLICY_TESTS) tests/scenario/schemas.py
