# SPDX-License-Identifier: BSD-2-Clause
# Rules at rest: trees of files, audited.
RULES_TESTS = tests/rules/commands.py tests/rules/documents.py \
	tests/rules/fixtures.py \
	tests/rules/hostile.py tests/rules/trees.py
TESTS += $(RULES_TESTS)
EXTRA_DIST += $(RULES_TESTS) tests/rules/tree.py
