# SPDX-License-Identifier: BSD-2-Clause
noinst_LIBRARIES += libmail.a
libmail_a_SOURCES = \
	milter/mail/address.c \
	milter/mail/address.h \
	milter/mail/address_list.c \
	milter/mail/address_list.h \
	milter/mail/address_set.c \
	milter/mail/address_set.h \
	milter/mail/chain.c \
	milter/mail/chain.h \
	milter/mail/charset.c \
	milter/mail/charset.h \
	milter/mail/encoded_word.c \
	milter/mail/encoded_word.h \
	milter/mail/envelope.h \
	milter/mail/facts.c \
	milter/mail/facts.h \
	milter/mail/field.c \
	milter/mail/field.h \
	milter/mail/message.c \
	milter/mail/message.h \
	milter/mail/message_names.c \
	milter/mail/name.c \
	milter/mail/name.h \
	milter/mail/param.c \
	milter/mail/param.h \
	milter/mail/path.c \
	milter/mail/path.h \
	milter/mail/realm.c \
	milter/mail/realm.h \
	milter/mail/received.c \
	milter/mail/received.h \
	milter/mail/spec.c \
	milter/mail/spec.h \
	milter/mail/token.c \
	milter/mail/token.h
LIBMAIL = libmail.a $(IDN2_LIBS) $(LIBBASE)
