/* SPDX-License-Identifier: BSD-2-Clause */
/* What all operations need to become commands. */
#include "store/builder.h"

#include "store/rediskey.h"

void
builder_push(struct builder *b, struct command *command)
{
	*b->end = command;
	b->end = &command->next;
}

struct slice
builder_present(struct slice text)
{
	return text.p != NULL ? text : SLICE("");
}

struct slice
builder_tagged(const struct builder *b, const char *kind, struct slice text)
{
	return rediskey_tagged(
		b->arena, b->prefix, kind, text, (struct slice){NULL, 0});
}

struct store_op *
builder_op(const struct command *command, size_t i)
{
	return &command->request->ops[command->ops[i]];
}
