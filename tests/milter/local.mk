# SPDX-License-Identifier: BSD-2-Clause
TESTS += tests/milter/commands.sh tests/milter/miltertest.sh \
	tests/milter/stores.sh
EXTRA_DIST += tests/milter/miltertest.sh \
	tests/milter/actions.lua \
	tests/milter/commands.sh \
	tests/milter/crash.lua \
	tests/milter/lib.sh \
	tests/milter/lib.lua \
	tests/milter/messages.lua \
	tests/milter/reload.lua \
	tests/milter/sessions.lua \
	tests/milter/stop.lua \
	tests/milter/stores.sh \
	tests/milter/takeover.lua \
	tests/milter/wire.py
