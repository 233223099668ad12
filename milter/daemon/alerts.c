/* SPDX-License-Identifier: BSD-2-Clause */
/* One choice and one socket for the process, as the log's sink is one. */
#include "daemon/alerts.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NO_SOCKET (-1)
#define WAITING_BYTES (16UL * 1024 * 1024)

struct waiting {
	struct waiting *next;
	size_t len;
	char json[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int fd;
	unsigned long long dropped; /* that are not said yet */
	struct alert_board *board;
	struct alert_choice choice;
	bool on;
	bool wanted[ALERT_WAY_COUNT]; /* by these ways */
	/* A burst that the alerter is too slow for, in its order. */
	struct waiting *first, **last;
	size_t bytes;
} state = {.fd = NO_SOCKET, .last = &state.first};

void
alerts_ways(const struct config_alerts *config, bool wanted[ALERT_WAY_COUNT])
{
	wanted[ALERT_COMMAND] = config->command.count > 0;
	wanted[ALERT_SYSLOG] = strcmp(config->syslog, "no") != 0;
	wanted[ALERT_WEBHOOK] = *config->webhook != '\0';
}

bool
alerts_are_on(const struct config_alerts *config)
{
	bool wanted[ALERT_WAY_COUNT];

	alerts_ways(config, wanted);
	return wanted[ALERT_COMMAND] || wanted[ALERT_SYSLOG] ||
		wanted[ALERT_WEBHOOK];
}

bool
alerts_use(int fd, int board)
{
	struct alert_board *mapped = NULL;
	struct err err = {0};

	if (fd < 0 || board < 0)
		return true;
	mapped = alert_board_map(board, &err);
	if (mapped == NULL) {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
		return false;
	}
	pthread_mutex_lock(&lock);
	state.fd = fd;
	state.board = mapped;
	pthread_mutex_unlock(&lock);
	return true;
}

void
alerts_choose(const struct config *config)
{
	const struct config_alerts *alerts = &config->alerts;
	const struct alert_choice choice = {
		.from = (enum action)alerts->from,
		.level = (int)alerts->level,
		.observe = alerts->observe,
		.wanted = {[ALERT_MAIL] = true,
			[ALERT_LOG] = alerts->logs,
			[ALERT_RULE] = alerts->rules,
			[ALERT_ORDER] = alerts->orders,
			[ALERT_DAEMON] = alerts->daemon},
	};
	bool on = alerts_are_on(alerts);

	pthread_mutex_lock(&lock);
	state.choice = choice;
	state.on = on;
	alerts_ways(alerts, state.wanted);
	on = on && state.fd < 0;
	pthread_mutex_unlock(&lock);
	if (on) {
		log_write(LOG_LEVEL_WARNING,
			"alerts: nobody is there to send them: they need a "
			"supervisor that knows them (restart; no "
			"--no-supervisor)");
	}
}

/* Under the lock: the board says that it is lost. */
static void
drop(void)
{
	state.dropped++;
	for (int i = 0; state.board != NULL && i < ALERT_WAY_COUNT; i++) {
		if (state.wanted[i])
			state.board->ways[i].results[ALERT_DROPPED]++;
	}
}

/* Under the lock. False: there is no room now, or nobody. */
static bool
send_now(struct slice json)
{
	ssize_t sent;

	do {
		sent = send(state.fd, json.p, json.len,
			MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

/* Under the lock: what waits here goes first. */
static void
send_waiting(void)
{
	struct waiting *first;

	while ((first = state.first) != NULL &&
		send_now((struct slice){first->json, first->len})) {
		state.first = first->next;
		if (state.first == NULL)
			state.last = &state.first;
		state.bytes -= first->len;
		free(first);
	}
}

/* Under the lock. */
static bool
keep(struct slice json)
{
	struct waiting *waiting;

	if (state.bytes + json.len > WAITING_BYTES)
		return false;
	waiting = malloc(sizeof(*waiting) + json.len);
	if (waiting == NULL)
		return false;
	waiting->next = NULL;
	waiting->len = json.len;
	memcpy(waiting->json, json.p, json.len);
	*state.last = waiting;
	state.last = &waiting->next;
	state.bytes += json.len;
	return true;
}

/* Never waits. */
static bool
put(struct slice json)
{
	bool taken = false;

	pthread_mutex_lock(&lock);
	if (state.fd >= 0) {
		send_waiting();
		taken = (state.first == NULL && send_now(json)) || keep(json);
	}
	if (!taken)
		drop();
	pthread_mutex_unlock(&lock);
	return taken;
}

bool
alerts_flush(void)
{
	bool empty;

	pthread_mutex_lock(&lock);
	if (state.fd >= 0)
		send_waiting();
	empty = state.first == NULL;
	pthread_mutex_unlock(&lock);
	return empty;
}

static bool
choose(struct alert_choice *choice)
{
	bool on;

	pthread_mutex_lock(&lock);
	*choice = state.choice;
	on = state.on;
	pthread_mutex_unlock(&lock);
	return on;
}

void
alerts_verdict(
	const struct verdict *verdict, enum action taken, struct slice json)
{
	struct alert_choice choice;

	if (choose(&choice) && alert_wants(&choice, verdict, taken))
		(void)put(json);
}

void
alerts_event(enum alert_origin origin, struct slice json)
{
	struct alert_choice choice;

	if (choose(&choice) && choice.wanted[origin])
		(void)put(json);
}

void
alerts_trouble(const struct alert_trouble *trouble, const char *host)
{
	struct buf json = {0};

	if (alert_write_trouble(
		    trouble, host, clock_now_ms(clock_real()), &json))
		alerts_event(ALERT_DAEMON, buf_slice(&json));
	buf_fini(&json);
}

unsigned
alerts_test(const char *host)
{
	struct alert_board *board = alerts_board();
	struct alert_choice choice;
	struct buf json = {0};
	unsigned number = 0;

	if (board == NULL || !choose(&choice))
		return 0;
	number = ++board->tests;
	if (!alert_write_test(
		    number, host, clock_now_ms(clock_real()), &json) ||
		!put(buf_slice(&json)))
		number = 0;
	buf_fini(&json);
	return number;
}

unsigned long long
alerts_dropped(void)
{
	unsigned long long count;

	pthread_mutex_lock(&lock);
	count = state.dropped;
	state.dropped = 0;
	pthread_mutex_unlock(&lock);
	return count;
}

struct alert_board *
alerts_board(void)
{
	struct alert_board *board;

	pthread_mutex_lock(&lock);
	board = state.board;
	pthread_mutex_unlock(&lock);
	return board;
}
