# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libverdict.a
libverdict_a_SOURCES =
LIBVERDICT = libverdict.a $(LIBFORWARD) $(LIBSIGMA) $(LIBSTORE) $(JANSSON_LIBS) $(PSL_LIBS) $(LIBBASE)
