# SPDX-License-Identifier: BSD-2-Clause
# Logs, each with the routes that are in it, read in every form.
TESTS += tests/logs/doctor.py tests/logs/follow.py tests/logs/scan.py \
	tests/logs/shared.py
EXTRA_DIST += tests/logs/doctor.py tests/logs/follow.py tests/logs/scan.py \
	tests/logs/shared.py \
	tests/logs/egress.events tests/logs/egress.maillog tests/logs/egress.routes \
	tests/logs/exim.maillog tests/logs/exim.routes \
	tests/logs/gateway.maillog tests/logs/gateway.routes \
	tests/logs/postfix.maillog tests/logs/postfix.routes \
	tests/logs/sendmail-egress.maillog tests/logs/sendmail-egress.routes \
	tests/logs/sendmail.maillog tests/logs/sendmail.routes \
	tests/bench/maillog.py tests/bench/scan.py
