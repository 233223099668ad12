/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of the entry is the rows, in any order, and behind them the names,
 * each with its row's key and its length. A mailbox has some dozen peers, and
 * few of them, or none, have a name: all of them are looked through.
 */
#include "store/memory/peers.h"

#include <string.h>

#define NAME_HEAD_BYTES (sizeof(uint64_t) + sizeof(uint16_t))

struct row {
	uint64_t key;
	struct peer peer;
};

static struct row *
rows_of(struct peers *peers)
{
	return entry_data(&peers->entry);
}

static char *
names_of(struct peers *peers)
{
	return (char *)(rows_of(peers) + peers->count);
}

static size_t
used_bytes(const struct peers *peers)
{
	return peers->count * sizeof(struct row) + peers->name_bytes;
}

static struct row *
find_row(struct peers *peers, uint64_t key)
{
	struct row *rows = rows_of(peers);

	for (uint32_t i = 0; i < peers->count; i++) {
		if (rows[i].key == key)
			return &rows[i];
	}
	return NULL;
}

static void
close_gap(struct peers *peers, char *at, size_t bytes)
{
	char *end = (char *)rows_of(peers) + used_bytes(peers);

	memmove(at, at + bytes, (size_t)(end - at) - bytes);
}

/* The name at that place of the names; its end, 0: there is none. */
static uint32_t
read_name(struct peers *peers, uint32_t at, uint64_t *key, struct slice *name)
{
	const char *p = names_of(peers) + at;
	uint16_t len;

	if (peers->name_bytes - at < NAME_HEAD_BYTES)
		return 0;
	memcpy(key, p, sizeof(*key));
	memcpy(&len, p + sizeof(*key), sizeof(len));
	*name = (struct slice){p + NAME_HEAD_BYTES, len};
	if (peers->name_bytes - at - NAME_HEAD_BYTES < len)
		return 0;
	return at + (uint32_t)NAME_HEAD_BYTES + len;
}

static void
drop_name(struct peers *peers, uint64_t wanted)
{
	uint32_t at = 0, end;
	struct slice name;
	uint64_t key;

	while ((end = read_name(peers, at, &key, &name)) != 0) {
		if (key == wanted) {
			close_gap(peers, names_of(peers) + at, end - at);
			peers->name_bytes -= end - at;
			return;
		}
		at = end;
	}
}

static void
drop_row(struct peers *peers, struct row *row)
{
	drop_name(peers, row->key);
	close_gap(peers, (char *)row, sizeof(*row));
	peers->count--;
}

static void
drop_stalest(struct peers *peers)
{
	struct row *rows = rows_of(peers), *stalest = rows;

	for (uint32_t i = 1; i < peers->count; i++) {
		if (rows[i].peer.last_ms < stalest->peer.last_ms)
			stalest = &rows[i];
	}
	drop_row(peers, stalest);
}

/* Room for so many bytes more; peers may move. NULL when out of memory. */
static struct peers *
make_room(struct table_shard *shard, struct peers *peers, size_t bytes)
{
	struct entry *entry = &peers->entry;

	if (used_bytes(peers) + bytes > entry_data_bytes(entry))
		entry = table_resize(shard, entry, used_bytes(peers) + bytes);
	return (struct peers *)entry;
}

/* A row for the key, made if it is not there; peers may move. */
static struct row *
make_row(struct table_shard *shard, struct peers **peers, uint64_t key)
{
	struct row *row = find_row(*peers, key);

	if (row != NULL)
		return row;
	if ((*peers)->count >= PEERS_MAX)
		drop_stalest(*peers);
	*peers = make_room(shard, *peers, sizeof(*row));
	if (*peers == NULL)
		return NULL;
	row = rows_of(*peers) + (*peers)->count;
	memmove(row + 1, row, (*peers)->name_bytes);
	(*peers)->count++;
	*row = (struct row){.key = key};
	return row;
}

static void
add_name(struct table_shard *shard, struct peers *peers, uint64_t key,
	struct slice name)
{
	uint16_t len = (uint16_t)name.len;
	char *p;

	drop_name(peers, key);
	peers = make_room(shard, peers, NAME_HEAD_BYTES + len);
	if (peers == NULL)
		return;
	p = names_of(peers) + peers->name_bytes;
	memcpy(p, &key, sizeof(key));
	memcpy(p + sizeof(key), &len, sizeof(len));
	memcpy(p + NAME_HEAD_BYTES, name.p, len);
	peers->name_bytes += (uint32_t)NAME_HEAD_BYTES + len;
}

static bool
is_over(const struct peers *peers, int64_t ttl_ms, int64_t at_ms)
{
	return peers->active_ms < at_ms - ttl_ms;
}

static void
expire(struct table_shard *shard, int64_t ttl_ms, int64_t at_ms)
{
	struct entry *oldest = table_oldest(shard, ENTRY_PEERS);

	if (oldest == NULL || !is_over((struct peers *)oldest, ttl_ms, at_ms))
		return;
	table_remove(shard, oldest);
	shard->expired++;
}

static struct peers *
find_or_add(struct table_shard *shard, const struct entry_key *key)
{
	struct entry *entry = table_find(shard, key);

	return (struct peers *)(entry != NULL ? entry
					      : table_add(shard, key, 0));
}

/* What is known of one; peers may move, and may be gone. */
static void
meet(struct table_shard *shard, struct peers *peers, uint64_t key,
	const struct peer *peer, struct slice name)
{
	struct row *row = make_row(shard, &peers, key);

	if (row == NULL)
		return;
	if (peers->begun_day == 0 || peer->first_day < peers->begun_day)
		peers->begun_day = peer->first_day;
	if (peers->active_ms < peer->last_ms)
		peers->active_ms = peer->last_ms;
	peer_merge(&row->peer, peer);
	if (row->peer.named && name.p != NULL) {
		add_name(shard, peers, key, name);
	} else if (!row->peer.named) {
		drop_name(peers, key);
	}
}

void
peers_meet(struct table *table, int64_t ttl_ms, int64_t at_ms,
	const struct store_peer *met)
{
	struct entry_key key = table_key(table, ENTRY_PEERS, 0, met->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	struct peers *peers;

	pthread_mutex_lock(&shard->lock);
	expire(shard, ttl_ms, at_ms);
	peers = find_or_add(shard, &key);
	if (peers != NULL) {
		table_touch(shard, &peers->entry);
		meet(shard, peers, peer_key(met->destination), &met->peer,
			met->destination);
	}
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
}

void
peers_receive(
	struct table *table, int64_t at_ms, const struct store_tally *tally)
{
	struct entry_key key = table_key(table, ENTRY_PEERS, 0, tally->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	struct peers *peers;

	pthread_mutex_lock(&shard->lock);
	peers = (struct peers *)table_find(shard, &key);
	if (peers != NULL && peers->arrived_ms < at_ms)
		peers->arrived_ms = at_ms;
	for (size_t i = 0; peers != NULL && i < tally->author_count; i++) {
		struct row *row = find_row(peers, peer_key(tally->authors[i]));

		if (row != NULL && row->peer.got < UINT16_MAX)
			row->peer.got++;
	}
	pthread_mutex_unlock(&shard->lock);
}

void
peers_facts(struct table *table, int64_t ttl_ms, int64_t at_ms,
	struct store_facts *facts)
{
	struct entry_key key = table_key(table, ENTRY_PEERS, 0, facts->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	struct peers *peers;
	const struct row *row;

	facts->at_ms = at_ms;
	pthread_mutex_lock(&shard->lock);
	peers = (struct peers *)table_find(shard, &key);
	if (peers != NULL && !is_over(peers, ttl_ms, at_ms)) {
		facts->begun_day = peers->begun_day;
		facts->arrivals.last_ms = peers->arrived_ms;
		row = find_row(peers, peer_key(facts->destination));
		if (row != NULL)
			facts->peer = row->peer;
	}
	pthread_mutex_unlock(&shard->lock);
}

static struct slice
find_name(struct peers *peers, uint64_t wanted)
{
	uint32_t at = 0;
	struct slice name;
	uint64_t key;

	while ((at = read_name(peers, at, &key, &name)) != 0) {
		if (key == wanted)
			return name;
	}
	return (struct slice){NULL, 0};
}

void
peers_merge(struct table *table, int64_t ttl_ms, struct peers *other)
{
	struct entry_key key =
		table_key(table, ENTRY_PEERS, 0, entry_key_text(&other->entry));
	struct table_shard *shard = table_shard_of(table, &key);
	const struct row *rows = rows_of(other);
	struct peers *peers;

	pthread_mutex_lock(&shard->lock);
	expire(shard, ttl_ms, other->active_ms);
	for (uint32_t i = 0; i < other->count; i++) {
		peers = find_or_add(shard, &key);
		if (peers == NULL)
			break;
		if (peers->arrived_ms < other->arrived_ms)
			peers->arrived_ms = other->arrived_ms;
		meet(shard, peers, rows[i].key, &rows[i].peer,
			find_name(other, rows[i].key));
	}
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
}

bool
peers_next_named(struct peers *peers, uint32_t *cursor, struct slice *name,
	struct peer *peer)
{
	const struct row *row;
	uint64_t key;

	while ((*cursor = read_name(peers, *cursor, &key, name)) != 0) {
		row = find_row(peers, key);
		if (row != NULL) {
			*peer = row->peer;
			return true;
		}
	}
	return false;
}

bool
peers_drop(struct peers *peers, struct slice destination)
{
	struct row *row = find_row(peers, peer_key(destination));

	if (row == NULL)
		return false;
	drop_row(peers, row);
	return true;
}

bool
peers_is_sound(struct peers *peers)
{
	uint32_t at = 0, end;
	struct slice name;
	uint64_t key;

	if (peers->count > PEERS_MAX ||
		used_bytes(peers) > entry_data_bytes(&peers->entry))
		return false;
	while (at < peers->name_bytes &&
		(end = read_name(peers, at, &key, &name)) != 0)
		at = end;
	return at == peers->name_bytes;
}
