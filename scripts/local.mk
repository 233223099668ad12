# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += scripts/deps scripts/test scripts/bench scripts/attach-postfix \
	scripts/attach-sendmail scripts/demo scripts/platforms
