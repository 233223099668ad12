/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the configuration to what the engine is run with. The one way for the
 * daemon and for every tool, so that both judge alike: no part of the engine
 * has limits of its own.
 */
#ifndef DAEMON_CONFIG_ENGINE_H
#define DAEMON_CONFIG_ENGINE_H

#include "daemon/config.h"
#include "mail/message.h"
#include "sigma/program.h"
#include "store/store_options.h"
#include "verdict/judge.h"

struct message_limits config_message_limits(const struct config *);
struct respond config_respond(const struct config *);
/* Without a program, keywords and a key for ids. */
struct judge_options config_judge_options(const struct config *);
/* The language of policies for mail, with the configuration's lists. */
struct sigma_options config_sigma_options(const struct config *);
/* Without a directory for its state; nobody is told what it has to say. */
struct store_options config_store_options(const struct config *);

#endif
