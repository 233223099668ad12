# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libsigma.a
libsigma_a_SOURCES =
LIBSIGMA = libsigma.a $(PCRE2_LIBS) $(YAML_LIBS) $(HS_LIBS) $(LIBBASE)
