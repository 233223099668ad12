/* SPDX-License-Identifier: BSD-2-Clause */
/* A list that is short enough to be walked. */
#include "daemon/outbox.h"

#include <stdlib.h>

#define FIRST_PAUSE_MS 1000
#define PAUSE_MOST_MS 60000
#define DOUBLINGS_MOST 6

void
outbox_init(struct outbox *outbox, const struct outbox_options *options)
{
	*outbox = (struct outbox){.options = *options};
	outbox->tail = &outbox->head;
}

bool
outbox_put(struct outbox *outbox, struct notice *notice, int64_t now_ms)
{
	struct letter *letter;

	if (outbox->count >= outbox->options.most ||
		outbox->bytes + notice->json.len > outbox->options.bytes)
		return false;
	letter = calloc(1, sizeof(*letter));
	if (letter == NULL)
		return false;
	letter->notice = notice;
	letter->first_ms = letter->due_ms = now_ms;
	notice->refs++;
	*outbox->tail = letter;
	outbox->tail = &letter->next;
	outbox->count++;
	outbox->bytes += notice->json.len;
	return true;
}

struct letter *
outbox_begin(struct outbox *outbox, int64_t now_ms)
{
	if (outbox->under_way >= outbox->options.at_once)
		return NULL;
	for (struct letter *letter = outbox->head; letter != NULL;
		letter = letter->next) {
		if (letter->under_way || letter->due_ms > now_ms)
			continue;
		letter->under_way = true;
		letter->tries++;
		outbox->under_way++;
		return letter;
	}
	return NULL;
}

static void
stop(struct outbox *outbox, struct letter *letter)
{
	if (letter->under_way)
		outbox->under_way--;
	letter->under_way = false;
}

void
outbox_end(struct outbox *outbox, struct letter *letter)
{
	struct letter **at = &outbox->head;

	stop(outbox, letter);
	while (*at != letter)
		at = &(*at)->next;
	*at = letter->next;
	if (outbox->tail == &letter->next)
		outbox->tail = at;
	outbox->count--;
	outbox->bytes -= letter->notice->json.len;
	notice_unref(letter->notice);
	free(letter);
}

/* From half of the time to all of it: those that failed together do not come
 * together again. */
static int64_t
pause_of(unsigned tries, unsigned chance)
{
	unsigned doublings = tries > 0 ? tries - 1 : 0;
	int64_t pause;

	if (doublings > DOUBLINGS_MOST)
		doublings = DOUBLINGS_MOST;
	pause = (int64_t)FIRST_PAUSE_MS << doublings;
	if (pause > PAUSE_MOST_MS)
		pause = PAUSE_MOST_MS;
	return pause / 2 + (int64_t)(chance % (unsigned)(pause / 2 + 1));
}

bool
outbox_again(struct outbox *outbox, struct letter *letter, int64_t now_ms,
	unsigned chance)
{
	int64_t due = now_ms + pause_of(letter->tries, chance);

	if (letter->notice->test > 0 ||
		letter->tries >= outbox->options.tries ||
		due > letter->first_ms + outbox->options.patience_ms)
		return false;
	stop(outbox, letter);
	letter->due_ms = due;
	return true;
}

int64_t
outbox_next_ms(const struct outbox *outbox)
{
	int64_t next = INT64_MAX;

	if (outbox->under_way >= outbox->options.at_once)
		return next;
	for (const struct letter *letter = outbox->head; letter != NULL;
		letter = letter->next) {
		if (!letter->under_way && letter->due_ms < next)
			next = letter->due_ms;
	}
	return next;
}

void
outbox_hurry(struct outbox *outbox, int64_t now_ms)
{
	for (struct letter *letter = outbox->head; letter != NULL;
		letter = letter->next) {
		if (letter->due_ms > now_ms)
			letter->due_ms = now_ms;
	}
}

void
outbox_fini(struct outbox *outbox)
{
	while (outbox->head != NULL)
		outbox_end(outbox, outbox->head);
}
