# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES =
LIBSTORE = libstore.a $(HIREDIS_LIBS) $(HIREDIS_SSL_LIBS) $(CRYPTO_LIBS) $(LIBBASE)
