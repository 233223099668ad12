# SPDX-License-Identifier: BSD-2-Clause
# Logs, each with the routes that are in it, read in every form.
TESTS += tests/logs/scan.py tests/logs/shared.py
EXTRA_DIST += tests/logs/scan.py tests/logs/shared.py \
	tests/logs/egress.log tests/logs/egress.routes \
	tests/logs/exim.log tests/logs/exim.routes \
	tests/logs/postfix.log tests/logs/postfix.routes \
	tests/logs/sendmail.log tests/logs/sendmail.routes \
	tests/bench/maillog.py tests/bench/scan.py
