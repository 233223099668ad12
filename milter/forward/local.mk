# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libforward.a
libforward_a_SOURCES =
LIBFORWARD = libforward.a $(LIBMAIL)
