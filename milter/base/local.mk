# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	milter/base/amount.c \
	milter/base/amount.h \
	milter/base/arena.c \
	milter/base/arena.h \
	milter/base/atomic_file.c \
	milter/base/atomic_file.h \
	milter/base/buf.c \
	milter/base/buf.h \
	milter/base/bundle.c \
	milter/base/bundle.h \
	milter/base/clock.c \
	milter/base/clock.h \
	milter/base/codec.c \
	milter/base/codec.h \
	milter/base/date.c \
	milter/base/date.h \
	milter/base/digest.c \
	milter/base/digest.h \
	milter/base/err.c \
	milter/base/err.h \
	milter/base/file.c \
	milter/base/file.h \
	milter/base/fold.c \
	milter/base/fold.h \
	milter/base/fold_table.c \
	milter/base/input.c \
	milter/base/input.h \
	milter/base/json.c \
	milter/base/json.h \
	milter/base/json_writer.c \
	milter/base/json_writer.h \
	milter/base/list_file.c \
	milter/base/list_file.h \
	milter/base/log.c \
	milter/base/log.h \
	milter/base/map.c \
	milter/base/map.h \
	milter/base/note.c \
	milter/base/note.h \
	milter/base/network.c \
	milter/base/network.h \
	milter/base/process.c \
	milter/base/process.h \
	milter/base/random.c \
	milter/base/random.h \
	milter/base/script.c \
	milter/base/script.h \
	milter/base/slice.c \
	milter/base/slice.h \
	milter/base/socket_name.c \
	milter/base/socket_name.h \
	milter/base/unpack.h \
	milter/base/unpack_bzip2.c \
	milter/base/unpack_gzip.c \
	milter/base/unpack_xz.c \
	milter/base/waiter.c \
	milter/base/waiter.h \
	milter/base/whole.c \
	milter/base/whole.h
LIBBASE = libbase.a $(CRYPTO_LIBS) $(JANSSON_LIBS) $(ZLIB_LIBS) \
	$(LZMA_LIBS) $(BZIP2_LIBS) -lm
EXTRA_DIST += milter/base/fold-table
