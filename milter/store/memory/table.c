/* SPDX-License-Identifier: BSD-2-Clause */
/* Shards, buckets, lists by age, and who goes when there is no room left. */
#include "store/memory/table.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#define SHARDS_MAX 64
#define SHARD_BYTES_MIN ((size_t)4 << 20)
#define BUCKETS_MIN 16
/* What an allocation costs the allocator, and its rounding. */
#define MALLOC_OVERHEAD 8
#define MALLOC_ROUND 16
/* Of a shard's share, one part in so many may be prints of tallies. */
#define DEDUP_PART 16

/* Parts of sixteen of the memory that each kind may hold when all want it. */
static const unsigned parts[ENTRY_KINDS] = {
	[ENTRY_WINDOW] = 4,
	[ENTRY_TRACE] = 5,
	[ENTRY_MAILBOX] = 5,
	[ENTRY_PEERS] = 2,
};

static size_t
cost(size_t bytes)
{
	return (bytes + MALLOC_OVERHEAD + MALLOC_ROUND - 1) &
		~(size_t)(MALLOC_ROUND - 1);
}

static bool
shard_init(struct table_shard *shard, size_t limit)
{
	size_t prints = limit / DEDUP_PART / (4 * sizeof(uint64_t));

	shard->size = BUCKETS_MIN;
	shard->limit = limit;
	shard->buckets = calloc(BUCKETS_MIN, sizeof(struct entry *));
	dedup_init(&shard->dedup,
		(uint32_t)(prints > UINT32_MAX / 4 ? UINT32_MAX / 4
				: prints > 0       ? prints
						   : 1));
	pthread_mutex_init(&shard->lock, NULL);
	return shard->buckets != NULL;
}

struct table *
table_new(size_t limit)
{
	struct table *table = calloc(1, sizeof(*table));
	bool ok = true;

	if (table == NULL)
		return NULL;
	table->shard_count = 1;
	while (table->shard_count < SHARDS_MAX &&
		limit / table->shard_count > SHARD_BYTES_MIN)
		table->shard_count *= 2;
	table->shards = calloc(table->shard_count, sizeof(*table->shards));
	if (table->shards == NULL ||
		!random_fill(&table->key, sizeof(table->key))) {
		free(table->shards);
		free(table);
		return NULL;
	}
	for (uint32_t i = 0; i < table->shard_count; i++) {
		ok = shard_init(
			     &table->shards[i], limit / table->shard_count) &&
			ok;
	}
	if (!ok) {
		table_free(table);
		return NULL;
	}
	return table;
}

static void
shard_fini(struct table_shard *shard)
{
	for (int kind = 0; kind < ENTRY_KINDS; kind++) {
		struct entry *entry;

		while ((entry = table_oldest(shard, (enum entry_kind)kind)) !=
			NULL)
			table_remove(shard, entry);
	}
	free(shard->buckets);
	dedup_fini(&shard->dedup);
	pthread_mutex_destroy(&shard->lock);
}

void
table_free(struct table *table)
{
	if (table == NULL)
		return;
	for (uint32_t i = 0; i < table->shard_count; i++)
		shard_fini(&table->shards[i]);
	free(table->shards);
	free(table);
}

struct entry_key
table_key(const struct table *table, enum entry_kind kind, uint32_t policy,
	struct slice text)
{
	return (struct entry_key){
		kind, policy, text, siphash(&table->key, text)};
}

uint64_t
table_print(const struct table *table, struct slice text)
{
	struct siphash_key key = {{table->key.k[1], ~table->key.k[0]}};

	return siphash(&key, text);
}

struct table_shard *
table_shard_of(const struct table *table, const struct entry_key *key)
{
	return &table->shards[(key->hash >> 40) & (table->shard_count - 1)];
}

/* Tells the kinds and policies of one text apart. */
static uint32_t
bucket_hash(const struct entry_key *key)
{
	return (uint32_t)key->hash ^
		(key->policy * 4 + (uint32_t)key->kind) * 0x9E3779B1U;
}

struct entry *
table_find(const struct table_shard *shard, const struct entry_key *key)
{
	uint32_t hash = bucket_hash(key);
	struct entry *entry = shard->buckets[hash & (shard->size - 1)];

	while (entry != NULL &&
		(entry->hash != hash || entry->kind != key->kind ||
			entry->policy != key->policy ||
			!slice_equal(entry_key_text(entry), key->text)))
		entry = entry->chain;
	return entry;
}

static void
list_append(struct entry_list *list, struct entry *entry)
{
	entry->newer = NULL;
	entry->older = list->newest;
	if (list->newest != NULL) {
		list->newest->newer = entry;
	} else {
		list->oldest = entry;
	}
	list->newest = entry;
}

static void
list_cut(struct entry_list *list, struct entry *entry)
{
	if (entry->older != NULL) {
		entry->older->newer = entry->newer;
	} else {
		list->oldest = entry->newer;
	}
	if (entry->newer != NULL) {
		entry->newer->older = entry->older;
	} else {
		list->newest = entry->older;
	}
}

static struct entry_list *
list_of(struct table_shard *shard, const struct entry *entry)
{
	return &shard->lists[entry->kind][entry_rank(entry)];
}

static struct entry *
oldest_from(const struct table_shard *shard, unsigned kind, unsigned rank)
{
	struct entry *oldest = NULL;

	for (; oldest == NULL && rank < ENTRY_RANKS; rank++)
		oldest = shard->lists[kind][rank].oldest;
	return oldest;
}

struct entry *
table_oldest(const struct table_shard *shard, enum entry_kind kind)
{
	return oldest_from(shard, kind, 0);
}

struct entry *
table_after(const struct table_shard *shard, const struct entry *entry)
{
	if (entry->newer != NULL)
		return entry->newer;
	return oldest_from(shard, entry->kind, entry_rank(entry) + 1);
}

/* The pointer that points to the entry in its bucket. */
static struct entry **
link_to(struct table_shard *shard, const struct entry *entry)
{
	struct entry **link = &shard->buckets[entry->hash & (shard->size - 1)];

	while (*link != entry)
		link = &(*link)->chain;
	return link;
}

static void
account(struct table_shard *shard, const struct entry *entry, bool add)
{
	struct entry_list *list = list_of(shard, entry);
	size_t bytes = cost(entry->bytes);

	shard->bytes = add ? shard->bytes + bytes : shard->bytes - bytes;
	list->bytes = add ? list->bytes + bytes : list->bytes - bytes;
	list->count = add ? list->count + 1 : list->count - 1;
}

size_t
table_bytes(const struct table_shard *shard)
{
	return shard->bytes + shard->size * sizeof(*shard->buckets) +
		dedup_bytes(&shard->dedup);
}

/* Where memory is full, longer chains are better than fewer entries. */
static void
grow_buckets(struct table_shard *shard)
{
	uint32_t size = shard->size * 2, i;
	struct entry **buckets;

	if (shard->count < shard->size || size == 0 ||
		table_bytes(shard) + shard->size * sizeof(*buckets) >
			shard->limit)
		return;
	buckets = calloc(size, sizeof(struct entry *));
	if (buckets == NULL)
		return;
	for (i = 0; i < shard->size; i++) {
		struct entry *entry = shard->buckets[i], *next;

		for (; entry != NULL; entry = next) {
			next = entry->chain;
			entry->chain = buckets[entry->hash & (size - 1)];
			buckets[entry->hash & (size - 1)] = entry;
		}
	}
	free(shard->buckets);
	shard->buckets = buckets;
	shard->size = size;
}

struct entry *
table_add(struct table_shard *shard, const struct entry_key *key,
	size_t data_bytes)
{
	size_t bytes = entry_data_offset(key->kind, key->text.len) + data_bytes;
	struct entry *entry = bytes <= UINT32_MAX ? malloc(bytes) : NULL;
	struct entry **bucket;

	if (entry == NULL)
		return NULL;
	memset(entry, 0, bytes);
	grow_buckets(shard);
	entry->hash = bucket_hash(key);
	entry->bytes = (uint32_t)bytes;
	entry->policy = key->policy;
	entry->key_len = (uint16_t)key->text.len;
	entry->kind = (uint8_t)key->kind;
	if (key->text.len > 0) {
		memcpy((char *)entry + entry_head_bytes(key->kind), key->text.p,
			key->text.len);
	}
	bucket = &shard->buckets[entry->hash & (shard->size - 1)];
	entry->chain = *bucket;
	*bucket = entry;
	list_append(list_of(shard, entry), entry);
	account(shard, entry, true);
	shard->count++;
	return entry;
}

struct entry *
table_resize(struct table_shard *shard, struct entry *entry, size_t data_bytes)
{
	struct entry_list *list = list_of(shard, entry);
	size_t bytes =
		entry_data_offset(entry->kind, entry->key_len) + data_bytes;
	struct entry **link = link_to(shard, entry);
	struct entry *moved;

	if (bytes > UINT32_MAX)
		return NULL;
	account(shard, entry, false);
	moved = realloc(entry, bytes);
	if (moved == NULL) {
		account(shard, entry, true);
		return NULL;
	}
	if (bytes > moved->bytes)
		memset((char *)moved + moved->bytes, 0, bytes - moved->bytes);
	moved->bytes = (uint32_t)bytes;
	*link = moved;
	*(moved->older != NULL ? &moved->older->newer : &list->oldest) = moved;
	*(moved->newer != NULL ? &moved->newer->older : &list->newest) = moved;
	account(shard, moved, true);
	return moved;
}

void
table_counted(
	struct table_shard *shard, const struct entry_key *key, uint64_t print)
{
	if (shard->copy.under_way &&
		(key->hash & (shard->size - 1)) < shard->copy.buckets) {
		buf_add(&shard->copy.late,
			(struct slice){(const char *)&print, sizeof(print)});
	}
}

void
table_remove(struct table_shard *shard, struct entry *entry)
{
	*link_to(shard, entry) = entry->chain;
	list_cut(list_of(shard, entry), entry);
	account(shard, entry, false);
	shard->count--;
	free(entry);
}

void
table_touch(struct table_shard *shard, struct entry *entry)
{
	struct entry_list *list = list_of(shard, entry);

	if (list->newest == entry)
		return;
	list_cut(list, entry);
	list_append(list, entry);
}

void
table_set_mode(struct table_shard *shard, struct entry *entry, uint8_t mode)
{
	list_cut(list_of(shard, entry), entry);
	account(shard, entry, false);
	entry->mode = mode;
	list_append(list_of(shard, entry), entry);
	account(shard, entry, true);
}

static size_t
bytes_of_kind(const struct table_shard *shard, int kind)
{
	size_t bytes = 0;

	for (int rank = 0; rank < ENTRY_RANKS; rank++)
		bytes += shard->lists[kind][rank].bytes;
	return bytes;
}

/* The kind that is furthest over its part of the memory. */
static int
greediest(const struct table_shard *shard)
{
	int kind, worst = 0;

	for (kind = 1; kind < ENTRY_KINDS; kind++) {
		if (bytes_of_kind(shard, kind) * parts[worst] >
			bytes_of_kind(shard, worst) * parts[kind])
			worst = kind;
	}
	return worst;
}

void
table_trim(struct table_shard *shard)
{
	while (table_bytes(shard) > shard->limit) {
		struct entry *stalest =
			table_oldest(shard, (enum entry_kind)greediest(shard));

		if (stalest == NULL)
			return;
		table_remove(shard, stalest);
		shard->evicted++;
	}
}
