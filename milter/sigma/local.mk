# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libsigma.a
libsigma_a_SOURCES = \
	milter/sigma/diag.c milter/sigma/diag.h \
	milter/sigma/program.h milter/sigma/record.h \
	milter/sigma/yaml.c milter/sigma/yaml.h
LIBSIGMA = libsigma.a $(PCRE2_LIBS) $(YAML_LIBS) $(HS_LIBS) $(LIBBASE)
