# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libdaemon.a
libdaemon_a_SOURCES = \
	milter/daemon/api.c \
	milter/daemon/api.h \
	milter/daemon/api_events.c \
	milter/daemon/api_mailbox.c \
	milter/daemon/api_request.h \
	milter/daemon/api_status.c \
	milter/daemon/api_store.c \
	milter/daemon/config.c \
	milter/daemon/config.h \
	milter/daemon/config_engine.c \
	milter/daemon/config_engine.h \
	milter/daemon/config_list.c \
	milter/daemon/config_list.h \
	milter/daemon/config_print.c \
	milter/daemon/config_table.c \
	milter/daemon/config_type.c \
	milter/daemon/config_type.h \
	milter/daemon/diagnose.c \
	milter/daemon/diagnose.h \
	milter/daemon/exchange.c \
	milter/daemon/exchange.h \
	milter/daemon/generation.c \
	milter/daemon/generation.h \
	milter/daemon/http.c \
	milter/daemon/http.h \
	milter/daemon/listener.c \
	milter/daemon/listener.h \
	milter/daemon/listener_owner.c \
	milter/daemon/milter.c \
	milter/daemon/milter.h \
	milter/daemon/notify.c \
	milter/daemon/notify.h \
	milter/daemon/privilege.c \
	milter/daemon/privilege.h \
	milter/daemon/report.c \
	milter/daemon/report.h \
	milter/daemon/session.c \
	milter/daemon/session.h \
	milter/daemon/signals.c \
	milter/daemon/signals.h \
	milter/daemon/socket_handover.c \
	milter/daemon/socket_handover.h \
	milter/daemon/sockets.c \
	milter/daemon/sockets.h \
	milter/daemon/state_dir.c \
	milter/daemon/state_dir.h \
	milter/daemon/storage.c \
	milter/daemon/storage.h \
	milter/daemon/supervisor.c \
	milter/daemon/supervisor.h \
	milter/daemon/worker.c \
	milter/daemon/worker.h
LIBDAEMON = libdaemon.a $(LIBVERDICT) $(MILTER_LIBS) $(MHD_LIBS)
