# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libdaemon.a
libdaemon_a_SOURCES = \
	milter/daemon/api.c \
	milter/daemon/api.h \
	milter/daemon/api_allow.c \
	milter/daemon/api_contain.c \
	milter/daemon/api_event.c \
	milter/daemon/api_events.c \
	milter/daemon/api_follower.c \
	milter/daemon/api_held.c \
	milter/daemon/api_held.h \
	milter/daemon/api_held_ask.c \
	milter/daemon/api_held_seen.c \
	milter/daemon/api_logged.c \
	milter/daemon/api_mailbox.c \
	milter/daemon/api_one_way.c \
	milter/daemon/api_probe.c \
	milter/daemon/api_reload.c \
	milter/daemon/api_request.h \
	milter/daemon/api_rule.c \
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
	milter/daemon/confine.c \
	milter/daemon/confine.h \
	milter/daemon/confine_landlock.c \
	milter/daemon/confine_seccomp.c \
	milter/daemon/descriptors.c \
	milter/daemon/descriptors.h \
	milter/daemon/diagnose.c \
	milter/daemon/diagnose.h \
	milter/daemon/event_brief.c \
	milter/daemon/event_brief.h \
	milter/daemon/exchange.c \
	milter/daemon/exchange.h \
	milter/daemon/generation.c \
	milter/daemon/generation.h \
	milter/daemon/held_order.c \
	milter/daemon/held_order.h \
	milter/daemon/held_seen.c \
	milter/daemon/held_seen.h \
	milter/daemon/http.c \
	milter/daemon/http.h \
	milter/daemon/judging.c \
	milter/daemon/judging.h \
	milter/daemon/link.c \
	milter/daemon/link.h \
	milter/daemon/listener.c \
	milter/daemon/listener.h \
	milter/daemon/listener_owner.c \
	milter/daemon/milter.c \
	milter/daemon/milter.h \
	milter/daemon/notify.c \
	milter/daemon/notify.h \
	milter/daemon/order.c \
	milter/daemon/order.h \
	milter/daemon/page.c \
	milter/daemon/page.h \
	milter/daemon/page_file.h \
	milter/daemon/page_gate.c \
	milter/daemon/page_gate.h \
	milter/daemon/page_login.c \
	milter/daemon/page_login.h \
	milter/daemon/page_seats.c \
	milter/daemon/page_seats.h \
	milter/daemon/page_stream.c \
	milter/daemon/page_stream.h \
	milter/daemon/page_visit.c \
	milter/daemon/page_visit.h \
	milter/daemon/order_told.c \
	milter/daemon/places.c \
	milter/daemon/places.h \
	milter/daemon/privilege.c \
	milter/daemon/privilege.h \
	milter/daemon/probes.c \
	milter/daemon/probes.h \
	milter/daemon/read_ahead.c \
	milter/daemon/read_ahead.h \
	milter/daemon/report.c \
	milter/daemon/report.h \
	milter/daemon/secure_path.c \
	milter/daemon/secure_path.h \
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
	milter/daemon/steady_clock.c \
	milter/daemon/steady_clock.h \
	milter/daemon/storage.c \
	milter/daemon/storage.h \
	milter/daemon/supervisor.c \
	milter/daemon/supervisor.h \
	milter/daemon/supervisor_door.c \
	milter/daemon/supervisor_door.h \
	milter/daemon/supervisor_files.c \
	milter/daemon/supervisor_files.h \
	milter/daemon/supervisor_staff.c \
	milter/daemon/supervisor_staff.h \
	milter/daemon/supervisor_state.h \
	milter/daemon/trouble.c \
	milter/daemon/trouble.h \
	milter/daemon/worker.c \
	milter/daemon/worker.h \
	milter/daemon/worker_check.c \
	milter/daemon/worker_check.h \
	milter/daemon/worker_process.c \
	milter/daemon/worker_process.h \
	milter/daemon/worker_reload.c \
	milter/daemon/worker_reload.h \
	milter/daemon/worker_state.h \
	milter/daemon/worker_watch.c \
	milter/daemon/worker_watch.h
LIBDAEMON = libdaemon.a libmta.a $(LIBVERDICT) $(MILTER_LIBS) $(SECCOMP_LIBS) \
	$(MHD_LIBS)
# The page's files are in the program.
PAGE_FILES = \
	milter/daemon/page/page.html \
	milter/daemon/page/page.css \
	milter/daemon/page/icon.svg \
	milter/daemon/page/acts.js \
	milter/daemon/page/charts.js \
	milter/daemon/page/dom.js \
	milter/daemon/page/feed.js \
	milter/daemon/page/graph.js \
	milter/daemon/page/held_list.js \
	milter/daemon/page/live.js \
	milter/daemon/page/login.js \
	milter/daemon/page/main.js \
	milter/daemon/page/parts.js \
	milter/daemon/page/server.js \
	milter/daemon/page/view_events.js \
	milter/daemon/page/view_held.js \
	milter/daemon/page/view_mailbox.js \
	milter/daemon/page/view_now.js \
	milter/daemon/page/view_orders.js \
	milter/daemon/page/view_routes.js \
	milter/daemon/page/view_store.js \
	milter/daemon/page/words.js
nodist_libdaemon_a_SOURCES = milter/daemon/page_files.c
milter/daemon/page_files.c: $(PAGE_FILES) milter/daemon/page/embed.awk
	$(AM_V_GEN)$(MKDIR_P) milter/daemon && (cd $(srcdir) && \
		$(AWK) -f milter/daemon/page/embed.awk $(PAGE_FILES)) \
		>$@.new && mv -f $@.new $@
EXTRA_DIST += $(PAGE_FILES) milter/daemon/page/embed.awk
CLEANFILES += milter/daemon/page_files.c
