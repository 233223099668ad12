# SPDX-License-Identifier: BSD-2-Clause
SCENARIOS = \
	tests/scenario/bursts.test.yaml \
	tests/scenario/clients.test.yaml \
	tests/scenario/contained.test.yaml \
	tests/scenario/excuses.test.yaml \
	tests/scenario/exemptions.test.yaml \
	tests/scenario/flows.test.yaml \
	tests/scenario/gave-up/gave-up.test.yaml \
	tests/scenario/gave-up/gave-up.yaml \
	tests/scenario/hostile.test.yaml \
	tests/scenario/newmessages.test.yaml \
	tests/scenario/ownword.test.yaml \
	tests/scenario/respond/respond.test.yaml \
	tests/scenario/respond/respond.yaml \
	tests/scenario/retries/retries.test.yaml \
	tests/scenario/retries/retries.yaml \
	tests/scenario/speakers.test.yaml \
	tests/scenario/store-down.test.yaml
EXTRA_DIST += tests/scenario/README.md $(SCENARIOS)

POLICY_TESTS = tests/scenario/policies.sh tests/scenario/not_forwarded.sh \
	tests/scenario/scenarios.sh tests/scenario/siem.sh \
	tests/scenario/tools.sh \
	tests/scenario/intruders.py
TESTS += $(POLICY_TESTS)
EXTRA_DIST += $(POLICY_TESTS) tests/scenario/schemas.py
