# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	milter/store/backend.h \
	milter/store/box.c milter/store/box.h \
	milter/store/contained.c milter/store/contained.h \
	milter/store/intern.c milter/store/intern.h \
	milter/store/key.c milter/store/key.h \
	milter/store/memory.c milter/store/memory.h \
	milter/store/once.c milter/store/once.h \
	milter/store/open.c milter/store/options.h \
	milter/store/people.c \
	milter/store/ring.c milter/store/ring.h \
	milter/store/siphash.c milter/store/siphash.h \
	milter/store/restore.c \
	milter/store/snapshot.c milter/store/snapshot.h \
	milter/store/store.c milter/store/store.h \
	milter/store/table.c milter/store/table.h \
	milter/store/trace.c milter/store/trace.h \
	milter/store/window.c milter/store/window.h
LIBSTORE = libstore.a $(HIREDIS_LIBS) $(HIREDIS_SSL_LIBS) $(CRYPTO_LIBS) $(LIBBASE)
