/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loadgen: sends mail to a milter as an MTA would, many sessions at once, and
 * says how fast it answered. One line of JSON on stdout; fails when any
 * message got no final answer. With -r messages leave at a steady pace
 * (latency under a given load); without, as fast as they are answered.
 */
#include "cpu.h"
#include "mix.h"

#include <getopt.h>
#include <inttypes.h>
#include <libmilter/mfdef.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CONNECTIONS_MAX 1000

struct load {
	const char *address;
	struct mix_options options;
	struct mix *mix;
	uint64_t messages, each; /* in all, and a session */
	unsigned connections, rate;
	pid_t server;
	/* results */
	atomic_uint_fast64_t next_session, done;
	atomic_uint_fast64_t replies[256];
	atomic_uint_fast64_t tagged, removed, quarantined, others;
	uint32_t *latency_us; /* of each message */
	atomic_uint_least32_t actions, steps; /* as negotiated */
	int64_t began_us;
	atomic_bool failed;
	struct err err; /* the first */
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* When message n is due. */
static void
keep_pace(const struct load *load, uint64_t n)
{
	if (load->rate == 0)
		return;
	int64_t due = load->began_us + (int64_t)(n * 1000000 / load->rate);
	int64_t wait = due - now_us();
	if (wait > 0) {
		nanosleep(&(struct timespec){wait / 1000000,
				  wait % 1000000 * 1000},
			NULL);
	}
}

static void
record(struct load *load, uint64_t n, int64_t took_us,
	const struct wire_result *r)
{
	load->latency_us[n] = (uint32_t)took_us;
	load->replies[(unsigned char)r->reply]++;
	load->tagged += r->headers_added;
	load->removed += r->headers_changed;
	load->quarantined += r->quarantined;
	load->others += r->others;
	load->done++;
}

static bool
run_session(struct load *load, uint64_t session, struct err *err)
{
	struct wire w;
	bool fine = wire_open(&w, load->address, err) &&
		mix_greet(load->mix, &w, session, err);

	load->actions = w.actions;
	load->steps = w.steps;
	for (uint64_t i = 0; fine && i < load->each; i++) {
		const uint64_t n = session * load->each + i;
		struct wire_result result;
		if (n >= load->messages)
			break;
		keep_pace(load, n);
		int64_t began = now_us();
		fine = mix_send(load->mix, &w, session, n, &result, err);
		if (fine)
			record(load, n, now_us() - began, &result);
	}
	fine = fine && wire_say(&w, SMFIC_QUIT, err);
	wire_close(&w);
	return fine;
}

static void *
work(void *ctx)
{
	struct load *load = ctx;
	struct err err;

	while (!load->failed) {
		uint64_t session = load->next_session++;
		if (session * load->each >= load->messages)
			break;
		if (!run_session(load, session, &err) &&
			!atomic_exchange(&load->failed, true))
			load->err = err;
	}
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
report(struct load *load, int64_t took_us, int64_t cpu_us)
{
	const uint64_t n = load->done;

	qsort(load->latency_us, n, sizeof(load->latency_us[0]), compare);
	printf("{\"messages\": %" PRIu64 ", \"seconds\": %.3f, "
	       "\"rate\": %.0f, \"p50_us\": %u, \"p99_us\": %u, "
	       "\"max_us\": %u, \"cpu_us\": %.2f, ",
		n, (double)took_us / 1e6, (double)n * 1e6 / (double)took_us,
		load->latency_us[n / 2], load->latency_us[n * 99 / 100],
		load->latency_us[n - 1], (double)cpu_us / (double)n);
	printf("\"actions\": %" PRIu32 ", \"steps\": %" PRIu32
	       ", \"tagged\": %" PRIu64 ", \"removed\": %" PRIu64
	       ", \"quarantined\": %" PRIu64 ", \"others\": %" PRIu64
	       ", \"replies\": {",
		(uint32_t)load->actions, (uint32_t)load->steps, load->tagged,
		load->removed, load->quarantined, load->others);
	const char *comma = "";
	for (int i = 0; i < 256; i++) {
		if (load->replies[i] > 0) {
			printf("%s\"%c\": %" PRIu64, comma, i,
				load->replies[i]);
			comma = ", ";
		}
	}
	puts("}}");
}

static int
run(struct load *load)
{
	pthread_t threads[CONNECTIONS_MAX];
	int64_t cpu = load->server > 0 ? cpu_used_us(load->server) : 0;

	load->mix = mix_load(&load->options, &load->err);
	if (load->mix == NULL) {
		fprintf(stderr, "loadgen: %s\n", load->err.text);
		return 1;
	}
	load->latency_us = calloc(load->messages, sizeof(uint32_t));
	if (load->latency_us == NULL)
		return 1;
	load->began_us = now_us();
	for (unsigned i = 0; i < load->connections; i++) {
		if (pthread_create(&threads[i], NULL, work, load) != 0)
			return 1;
	}
	for (unsigned i = 0; i < load->connections; i++)
		pthread_join(threads[i], NULL);
	int64_t took = now_us() - load->began_us;
	cpu = load->server > 0 ? cpu_used_us(load->server) - cpu : 0;
	if (load->failed) {
		fprintf(stderr, "loadgen: %s\n", load->err.text);
	} else {
		report(load, took, cpu);
	}
	free(load->latency_us);
	mix_free(load->mix);
	return load->failed || load->done != load->messages;
}

static int
usage(void)
{
	fputs("usage: loadgen -a ADDRESS -t DIRECTORY [-n messages] "
	      "[-m messages a session]\n"
	      "               [-c sessions at once] [-r messages/s] "
	      "[-p PID of the server]\n"
	      "               [-s seed] [-b mailboxes]\n",
		stderr);
	return 2;
}

int
main(int argc, char **argv)
{
	static struct load load = {.messages = 10000,
		.each = 5,
		.connections = 10,
		.options = {.mailboxes = 50000}};

	for (int c; (c = getopt(argc, argv, "a:t:n:m:c:r:p:s:b:")) != -1;) {
		const unsigned long n = strtoul(optarg, NULL, 10);
		switch (c) {
		case 'a':
			load.address = optarg;
			break;
		case 't':
			load.options.directory = optarg;
			break;
		case 'n':
			load.messages = n;
			break;
		case 'm':
			load.each = n;
			break;
		case 'c':
			load.connections = (unsigned)n;
			break;
		case 'r':
			load.rate = (unsigned)n;
			break;
		case 'p':
			load.server = (pid_t)n;
			break;
		case 's':
			load.options.seed = n;
			break;
		case 'b':
			load.options.mailboxes = (unsigned)n;
			break;
		default:
			return usage();
		}
	}
	if (load.address == NULL || load.options.directory == NULL ||
		load.messages == 0 || load.each == 0 || load.connections == 0 ||
		load.connections > CONNECTIONS_MAX ||
		load.options.mailboxes == 0)
		return usage();
	return run(&load);
}
