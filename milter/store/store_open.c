/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens the store that the options name, private if they have a key. */
#include "store/store_open.h"

#include "store/memory/memory_store.h"
#include "store/private.h"
#include "store/resilient.h"
#include "store/uri.h"

struct store *
store_open(const struct store_options *options, struct err *err)
{
	struct store_uri uri;
	struct store *store;
	struct err said;

	if (!uri_parse(slice_of(options->uri), &uri, err))
		return NULL;
	store = uri.kind == URI_MEMORY ? memory_store_open(options, err)
				       : resilient_open(options, err);
	/* What a process left that ended after this one began, or since. */
	if (store != NULL && !store_hand(store, STORE_HAND_ADOPT, &said) &&
		options->say != NULL)
		options->say(options->say_ctx, LOG_LEVEL_WARNING, said.text);
	if (store != NULL && uri.kind == URI_MEMORY)
		memory_store_log(store);
	if (store != NULL && options->hash_key.len > 0)
		store = private_open_take(store, options, err);
	return store;
}
