# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += liblogs.a
liblogs_a_SOURCES = \
	milter/logs/dovecot_line.c \
	milter/logs/dovecot_line.h \
	milter/logs/exim_line.c \
	milter/logs/exim_line.h \
	milter/logs/found.c \
	milter/logs/found.h \
	milter/logs/found_keep.c \
	milter/logs/found_keep.h \
	milter/logs/frame.c \
	milter/logs/frame.h \
	milter/logs/frame_json.c \
	milter/logs/hashes.c \
	milter/logs/hashes.h \
	milter/logs/judged.c \
	milter/logs/judged.h \
	milter/logs/ledger.h \
	milter/logs/ledger_family.c \
	milter/logs/ledger_keep.c \
	milter/logs/ledger_keep.h \
	milter/logs/ledger_mail.c \
	milter/logs/ledger_state.h \
	milter/logs/ledger_take.c \
	milter/logs/ours.c \
	milter/logs/ours.h \
	milter/logs/passed.c \
	milter/logs/passed.h \
	milter/logs/postfix_line.c \
	milter/logs/postfix_line.h \
	milter/logs/reckon.h \
	milter/logs/reckon_command.c \
	milter/logs/reckon_judge.c \
	milter/logs/reckon_parts.h \
	milter/logs/reckon_program.c \
	milter/logs/reckon_spots.c \
	milter/logs/rotated.c \
	milter/logs/rotated.h \
	milter/logs/scan.c \
	milter/logs/scan.h \
	milter/logs/sendmail_line.c \
	milter/logs/sendmail_line.h \
	milter/logs/stamp.c \
	milter/logs/stamp.h \
	milter/logs/tail.c \
	milter/logs/tail.h \
	milter/logs/tail_found.c \
	milter/logs/tail_found.h \
	milter/logs/tail_place.c \
	milter/logs/tail_place.h \
	milter/logs/told.h
LIBLOGS = liblogs.a $(LIBMAIL)
