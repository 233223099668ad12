# SPDX-License-Identifier: BSD-2-Clause
TESTS += tests/milter/alerts.py tests/milter/attach.py tests/milter/carried.sh \
	tests/milter/commands.sh tests/milter/endings.py \
	tests/milter/investigate.py tests/milter/words.py tests/milter/killed.py tests/milter/life.py \
	tests/milter/miltertest.sh tests/milter/monitoring.py \
	tests/milter/page.py tests/milter/stores.sh
TESTS += tests/milter/contained.py
EXTRA_DIST += tests/milter/miltertest.sh \
	tests/milter/actions.lua \
	tests/milter/alerts.py \
	tests/milter/attach.py \
	tests/milter/carried.sh \
	tests/milter/commands.sh \
	tests/milter/contained.py \
	tests/milter/crash.lua \
	tests/milter/daemon.py \
	tests/milter/endings.py \
	tests/milter/investigate.py \
	tests/milter/words.py \
	tests/milter/killed.py \
	tests/milter/lib.sh \
	tests/milter/lib.lua \
	tests/milter/life.py \
	tests/milter/messages.lua \
	tests/milter/monitoring.py \
	tests/milter/page.py \
	tests/milter/page_mail.py \
	tests/milter/reload.lua \
	tests/milter/sessions.lua \
	tests/milter/standin.py \
	tests/milter/stop.lua \
	tests/milter/stores.sh \
	tests/milter/takeover.lua \
	tests/milter/wire.py

# The end of a worker, often enough that a race of one in twenty shows.
.PHONY: check-endings
check-endings: all
	@$(AM_TESTS_ENVIRONMENT) ENDINGS=50 \
		python3 $(srcdir)/tests/milter/endings.py
# SIGKILL, in both stores.
.PHONY: check-killed
check-killed: all
	@$(AM_TESTS_ENVIRONMENT) KILLS=20 \
		python3 $(srcdir)/tests/milter/killed.py
check-chaos: check-endings check-killed
