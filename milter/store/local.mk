# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	milter/store/answer.c \
	milter/store/answer.h \
	milter/store/backend.h \
	milter/store/batch.h \
	milter/store/batch_bytes.c \
	milter/store/batch_bytes.h \
	milter/store/bytes.c \
	milter/store/bytes.h \
	milter/store/endpoint.c \
	milter/store/endpoint.h \
	milter/store/hand.h \
	milter/store/journal.c \
	milter/store/journal.h \
	milter/store/journal_files.c \
	milter/store/journal_files.h \
	milter/store/key.c \
	milter/store/key.h \
	milter/store/private.c \
	milter/store/private.h \
	milter/store/query.h \
	milter/store/recent.c \
	milter/store/recent.h \
	milter/store/resilient.c \
	milter/store/resilient.h \
	milter/store/store.c \
	milter/store/store.h \
	milter/store/store_open.c \
	milter/store/store_open.h \
	milter/store/store_options.h \
	milter/store/uri.c \
	milter/store/uri.h \
	milter/store/memory/contained.c \
	milter/store/memory/contained.h \
	milter/store/memory/dedup.c \
	milter/store/memory/dedup.h \
	milter/store/memory/entry.c \
	milter/store/memory/entry.h \
	milter/store/memory/mailbox.c \
	milter/store/memory/mailbox.h \
	milter/store/memory/handover.c \
	milter/store/memory/handover.h \
	milter/store/memory/memory.c \
	milter/store/memory/memory.h \
	milter/store/memory/memory_queries.c \
	milter/store/memory/memory_queries.h \
	milter/store/memory/memory_store.c \
	milter/store/memory/memory_store.h \
	milter/store/memory/merge.c \
	milter/store/memory/merge.h \
	milter/store/memory/restore.c \
	milter/store/memory/restore.h \
	milter/store/memory/retention.c \
	milter/store/memory/retention.h \
	milter/store/memory/ring.c \
	milter/store/memory/ring.h \
	milter/store/memory/siphash.c \
	milter/store/memory/siphash.h \
	milter/store/memory/snapshot.c \
	milter/store/memory/snapshot.h \
	milter/store/memory/snapshot_file.c \
	milter/store/memory/snapshot_file.h \
	milter/store/memory/symbols.c \
	milter/store/memory/symbols.h \
	milter/store/memory/table.c \
	milter/store/memory/table.h \
	milter/store/memory/trace.c \
	milter/store/memory/trace.h \
	milter/store/memory/window.c \
	milter/store/memory/window.h \
	milter/store/redis/access.c \
	milter/store/redis/access.h \
	milter/store/redis/cluster.c \
	milter/store/redis/cluster.h \
	milter/store/redis/cluster_map.c \
	milter/store/redis/cluster_map.h \
	milter/store/redis/command.c \
	milter/store/redis/command.h \
	milter/store/redis/commands.c \
	milter/store/redis/commands.h \
	milter/store/redis/commands_build.c \
	milter/store/redis/commands_build.h \
	milter/store/redis/commands_note.c \
	milter/store/redis/commands_note.h \
	milter/store/redis/commands_place.c \
	milter/store/redis/commands_place.h \
	milter/store/redis/connection.c \
	milter/store/redis/connection.h \
	milter/store/redis/handshake.c \
	milter/store/redis/handshake.h \
	milter/store/redis/marker.c \
	milter/store/redis/marker.h \
	milter/store/redis/node.c \
	milter/store/redis/node.h \
	milter/store/redis/pipeline.c \
	milter/store/redis/pipeline.h \
	milter/store/redis/queries.c \
	milter/store/redis/queries.h \
	milter/store/redis/query_contained.c \
	milter/store/redis/query_contained.h \
	milter/store/redis/query_events.c \
	milter/store/redis/query_events.h \
	milter/store/redis/query_forget.c \
	milter/store/redis/query_forget.h \
	milter/store/redis/query_mailbox.c \
	milter/store/redis/query_mailbox.h \
	milter/store/redis/query_routes.c \
	milter/store/redis/query_routes.h \
	milter/store/redis/query_windows.c \
	milter/store/redis/query_windows.h \
	milter/store/redis/redis.c \
	milter/store/redis/redis.h \
	milter/store/redis/redis_error.c \
	milter/store/redis/redis_error.h \
	milter/store/redis/redis_key.c \
	milter/store/redis/redis_key.h \
	milter/store/redis/redis_queries.c \
	milter/store/redis/redis_queries.h \
	milter/store/redis/redis_trace.c \
	milter/store/redis/redis_trace.h \
	milter/store/redis/reply.c \
	milter/store/redis/reply.h \
	milter/store/redis/request.c \
	milter/store/redis/request.h \
	milter/store/redis/rights.c \
	milter/store/redis/rights.h \
	milter/store/redis/script.h \
	milter/store/redis/sentinel.c \
	milter/store/redis/sentinel.h \
	milter/store/redis/tls.c \
	milter/store/redis/tls.h
nodist_libstore_a_SOURCES = milter/store/redis/script_texts.c
REDIS_LUA = \
	milter/store/redis/append.lua \
	milter/store/redis/contain.lua \
	milter/store/redis/facts.lua \
	milter/store/redis/forget.lua \
	milter/store/redis/mark.lua \
	milter/store/redis/note.lua \
	milter/store/redis/place.lua \
	milter/store/redis/recall.lua \
	milter/store/redis/remember.lua \
	milter/store/redis/tally.lua
REDIS_LUA_PARTS = $(REDIS_LUA) milter/store/redis/clock.lua \
	milter/store/redis/once.lua \
	milter/store/redis/raise.lua \
	milter/store/redis/trace.lua \
	milter/store/redis/embed.awk
milter/store/redis/script_texts.c: $(REDIS_LUA_PARTS)
	$(AM_V_GEN)$(MKDIR_P) milter/store/redis && (cd $(srcdir) && \
		$(AWK) -f milter/store/redis/embed.awk $(REDIS_LUA)) \
		>$@.new && mv -f $@.new $@
EXTRA_DIST += $(REDIS_LUA_PARTS)
CLEANFILES += milter/store/redis/script_texts.c
LIBSTORE = libstore.a $(HIREDIS_LIBS) $(HIREDIS_SSL_LIBS) $(CRYPTO_LIBS) $(LIBBASE)
