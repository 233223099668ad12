# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += docs/forwarding.md
EXTRA_DIST += docs/attach.md
