# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libyamltree.a
libyamltree_a_SOURCES = \
	milter/yaml/diag.c \
	milter/yaml/diag.h \
	milter/yaml/reader.c \
	milter/yaml/reader.h \
	milter/yaml/reader_type.c \
	milter/yaml/reader_type.h \
	milter/yaml/yaml.c \
	milter/yaml/yaml.h \
	milter/yaml/yaml_bytes.c \
	milter/yaml/yaml_bytes.h \
	milter/yaml/yaml_scalar.c \
	milter/yaml/yaml_scalar.h \
	milter/yaml/yaml_words.c \
	milter/yaml/yaml_words.h
LIBYAML = libyamltree.a $(YAML_LIBS) $(LIBBASE)
