# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += docs/forwarding.md
EXTRA_DIST += docs/attach.md
dist_man_MANS += docs/forwarden-policies.7
EXTRA_DIST += docs/policies.md docs/policies-table
