# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libdaemon.a
libdaemon_a_SOURCES =
LIBDAEMON = libdaemon.a $(LIBVERDICT) $(MILTER_LIBS) $(MHD_LIBS)
