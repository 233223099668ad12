# SPDX-License-Identifier: BSD-2-Clause
forwarden_SOURCES = milter/cli/main.c
forwarden_LDADD = $(LIBDAEMON) $(CURL_LIBS) $(ZLIB_LIBS)
