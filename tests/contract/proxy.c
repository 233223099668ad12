/* SPDX-License-Identifier: BSD-2-Clause */
/* A proxy of one thread over poll(2). */
#include "proxy.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PAIRS 16

struct pair {
	int client, server; /* -1: none */
};

struct proxy {
	char dir[64], path[96], redis[108];
	int listener, wake[2];
	pthread_t thread;
	pthread_mutex_t lock;
	enum proxy_mode mode;
	bool cut;
	_Atomic bool ending;
	uint64_t random;
	unsigned connections;
	struct pair pairs[PAIRS];
};

static uint32_t
next_random(struct proxy *proxy)
{
	proxy->random =
		proxy->random * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(proxy->random >> 33);
}

static int
connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
drop(struct pair *pair)
{
	if (pair->client >= 0)
		close(pair->client);
	if (pair->server >= 0)
		close(pair->server);
	pair->client = pair->server = -1;
}

static bool
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* A random, well-formed reply. */
static void
nonsense(struct proxy *proxy, char *out, size_t size, int depth)
{
	static const char *const simple[] = {"+OK\r\n", ":7\r\n", "$-1\r\n",
		"*-1\r\n", "-ERR no\r\n", "$3\r\nabc\r\n", ":-5\r\n",
		"$0\r\n\r\n", "-MOVED 1 127.0.0.1:1\r\n", "-NOSCRIPT\r\n",
		"-ASK 77777 x\r\n", "*0\r\n"};
	uint32_t pick = next_random(proxy) % 16;
	size_t len = strlen(out);

	if (pick < 12 || depth > 3) {
		snprintf(out + len, size - len, "%s", simple[pick % 12]);
		return;
	}
	snprintf(out + len, size - len, "*%u\r\n", pick - 11);
	for (pick -= 11; pick > 0; pick--)
		nonsense(proxy, out, size, depth + 1);
}

static bool
answer(struct proxy *proxy, int fd)
{
	char bytes[8192] = "";
	size_t len;

	switch (proxy->mode) {
	case PROXY_LOADING:
		return send_all(fd, "-LOADING Redis is loading\r\n", 27);
	case PROXY_GARBAGE:
		len = next_random(proxy) % 200 + 1;
		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)next_random(proxy);
		if (next_random(proxy) % 2)
			bytes[0] = "+-:$*"[next_random(proxy) % 5];
		return send_all(fd, bytes, len);
	case PROXY_NONSENSE:
		for (size_t i = 0; i < 12; i++)
			nonsense(proxy, bytes, sizeof(bytes) - 64, 0);
		return send_all(fd, bytes, strlen(bytes));
	case PROXY_SILENT:
		return true;
	case PROXY_PASS:
	case PROXY_CLOSE:
		break;
	}
	return false;
}

/* Bytes from one side; false: the pair is to be dropped. */
static bool
carry(struct proxy *proxy, struct pair *pair, int from, int to)
{
	static char bytes[65536];
	ssize_t n = recv(from, bytes, sizeof(bytes), 0);

	if (n <= 0)
		return false;
	if (pair->server < 0)
		return answer(proxy, from);
	return send_all(to, bytes, (size_t)n);
}

static void
take_client(struct proxy *proxy)
{
	int fd = accept(proxy->listener, NULL, NULL);
	struct pair *pair = NULL;

	for (int i = 0; i < PAIRS; i++)
		if (proxy->pairs[i].client < 0)
			pair = &proxy->pairs[i];
	proxy->connections++;
	if (fd < 0)
		return;
	if (pair == NULL || proxy->mode == PROXY_CLOSE) {
		close(fd);
		return;
	}
	pair->client = fd;
	if (proxy->mode == PROXY_PASS) {
		pair->server = connect_to(proxy->redis);
		if (pair->server < 0)
			drop(pair);
	}
}

static void
serve(struct proxy *proxy)
{
	struct pollfd fds[2 + 2 * PAIRS];

	fds[0] = (struct pollfd){proxy->listener, POLLIN, 0};
	fds[1] = (struct pollfd){proxy->wake[0], POLLIN, 0};
	for (int i = 0; i < PAIRS; i++) {
		fds[2 + 2 * i] =
			(struct pollfd){proxy->pairs[i].client, POLLIN, 0};
		fds[3 + 2 * i] =
			(struct pollfd){proxy->pairs[i].server, POLLIN, 0};
	}
	(void)poll(fds, 2 + 2 * PAIRS, -1);
	pthread_mutex_lock(&proxy->lock);
	for (int i = 0; i < PAIRS; i++) {
		struct pair *pair = &proxy->pairs[i];

		if (proxy->cut)
			drop(pair);
		if (pair->client >= 0 && fds[2 + 2 * i].revents != 0 &&
			!carry(proxy, pair, pair->client, pair->server))
			drop(pair);
		if (pair->server >= 0 && fds[3 + 2 * i].revents != 0 &&
			!carry(proxy, pair, pair->server, pair->client))
			drop(pair);
	}
	proxy->cut = false;
	if (fds[1].revents != 0) {
		char byte;

		(void)!read(proxy->wake[0], &byte, 1);
	}
	if (fds[0].revents != 0)
		take_client(proxy);
	pthread_mutex_unlock(&proxy->lock);
}

static void *
proxy_thread(void *arg)
{
	struct proxy *proxy = arg;

	while (!proxy->ending)
		serve(proxy);
	return NULL;
}

struct proxy *
proxy_open(const char *redis_socket)
{
	struct proxy *proxy = calloc(1, sizeof(*proxy));
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	for (int i = 0; i < PAIRS; i++)
		proxy->pairs[i].client = proxy->pairs[i].server = -1;
	snprintf(proxy->redis, sizeof(proxy->redis), "%s", redis_socket);
	snprintf(proxy->dir, sizeof(proxy->dir), "/tmp/fw-proxy-XXXXXX");
	if (mkdtemp(proxy->dir) == NULL || pipe(proxy->wake) != 0)
		abort();
	snprintf(proxy->path, sizeof(proxy->path), "%s/sock", proxy->dir);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", proxy->path);
	proxy->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(proxy->listener, (struct sockaddr *)&address,
		    sizeof(address)) != 0 ||
		listen(proxy->listener, 64) != 0)
		abort();
	pthread_mutex_init(&proxy->lock, NULL);
	pthread_create(&proxy->thread, NULL, proxy_thread, proxy);
	return proxy;
}

static void
wake(struct proxy *proxy)
{
	(void)!write(proxy->wake[1], "x", 1);
}

void
proxy_close(struct proxy *proxy)
{
	pthread_mutex_lock(&proxy->lock);
	proxy->ending = true;
	pthread_mutex_unlock(&proxy->lock);
	wake(proxy);
	pthread_join(proxy->thread, NULL);
	for (int i = 0; i < PAIRS; i++)
		drop(&proxy->pairs[i]);
	close(proxy->listener);
	close(proxy->wake[0]);
	close(proxy->wake[1]);
	(void)unlink(proxy->path);
	(void)rmdir(proxy->dir);
	pthread_mutex_destroy(&proxy->lock);
	free(proxy);
}

const char *
proxy_path(const struct proxy *proxy)
{
	return proxy->path;
}

void
proxy_mode(struct proxy *proxy, enum proxy_mode mode, unsigned seed)
{
	pthread_mutex_lock(&proxy->lock);
	proxy->mode = mode;
	proxy->random = seed;
	proxy->cut = true;
	pthread_mutex_unlock(&proxy->lock);
	wake(proxy);
}

void
proxy_cut(struct proxy *proxy)
{
	pthread_mutex_lock(&proxy->lock);
	proxy->cut = true;
	pthread_mutex_unlock(&proxy->lock);
	wake(proxy);
}

unsigned
proxy_connections(struct proxy *proxy)
{
	unsigned count;

	pthread_mutex_lock(&proxy->lock);
	count = proxy->connections;
	pthread_mutex_unlock(&proxy->lock);
	return count;
}
