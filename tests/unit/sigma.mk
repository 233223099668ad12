# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += test_diag test_yaml
test_diag_SOURCES = tests/unit/test_diag.c
test_diag_LDADD = $(LIBSIGMA) $(CMOCKA_LIBS)
test_yaml_SOURCES = tests/unit/test_yaml.c
test_yaml_LDADD = $(LIBSIGMA) $(CMOCKA_LIBS)
