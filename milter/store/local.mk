# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	milter/store/backend.h \
	milter/store/box.c milter/store/box.h \
	milter/store/builder.c milter/store/builder.h \
	milter/store/cluster.c \
	milter/store/codec.c milter/store/codec.h \
	milter/store/contained.c milter/store/contained.h \
	milter/store/dispatch.c \
	milter/store/entry.h \
	milter/store/handshake.c milter/store/handshake.h \
	milter/store/intern.c milter/store/intern.h \
	milter/store/journal.c milter/store/journal.h \
	milter/store/key.c milter/store/key.h \
	milter/store/memory.c milter/store/memory.h \
	milter/store/merge.c milter/store/merge.h \
	milter/store/node.c milter/store/node.h \
	milter/store/once.c milter/store/once.h \
	milter/store/open.c milter/store/options.h \
	milter/store/people.c \
	milter/store/place.c milter/store/place.h \
	milter/store/private.c \
	milter/store/question.c milter/store/question.h \
	milter/store/redis.c milter/store/redis.h \
	milter/store/redisask.h milter/store/redisevents.c \
	milter/store/rediskey.c milter/store/rediskey.h \
	milter/store/redispeople.c milter/store/redisroutes.c \
	milter/store/request.c milter/store/request.h \
	milter/store/resilient.c \
	milter/store/restore.c \
	milter/store/ring.c milter/store/ring.h \
	milter/store/script.c milter/store/script.h \
	milter/store/sentinel.c \
	milter/store/siphash.c milter/store/siphash.h \
	milter/store/snapshot.c milter/store/snapshot.h \
	milter/store/spill.c milter/store/spill.h \
	milter/store/store.h \
	milter/store/table.c milter/store/table.h \
	milter/store/trace.c milter/store/trace.h \
	milter/store/wave.c milter/store/wavenote.c milter/store/wavenote.h \
	milter/store/window.c milter/store/window.h \
	milter/store/wire.c milter/store/wire.h
LIBSTORE = libstore.a $(HIREDIS_LIBS) $(HIREDIS_SSL_LIBS) $(CRYPTO_LIBS) $(LIBBASE)
