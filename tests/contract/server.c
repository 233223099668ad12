/* SPDX-License-Identifier: BSD-2-Clause */
/* Private Redis servers. */
#include "server.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 48
#define TRIES 500

bool
server_available(void)
{
	return system("command -v redis-server redis-cli >/dev/null 2>&1") == 0;
}

int
server_skip(void)
{
	printf("1..0 # SKIP redis-server is not installed\n");
	return getenv("CI") != NULL;
}

static bool
is_free(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	bool ok;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	ok = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return ok;
}

/* One whose cluster port (10,000 above) is free, too. */
int64_t
server_left_ms(const struct server *server, const char *database,
	const char *prefix, const char *key)
{
	char full[192], out[64] = "";
	bool ok;

	snprintf(full, sizeof(full), "%s:%s", prefix, key);
	ok = database != NULL ? server_cli(server, out, sizeof(out), "-n",
					database, "pttl", full, NULL)
			      : server_cli(server, out, sizeof(out), "-c",
					"pttl", full, NULL);
	return ok ? strtoll(out, NULL, 10) : -1;
}

int
server_free_port(void)
{
	static int next;

	if (next == 0)
		next = 20000 + (int)(getpid() % 900) * 10;
	for (int tries = 0; tries < 2000; tries++) {
		int port = next++;

		if (is_free(port) && is_free(port + 10000))
			return port;
	}
	return -1;
}

static void
pause_ms(long ms)
{
	struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&wait, NULL);
}

static pid_t
run(char *const *words, int out)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
#ifdef PR_SET_PDEATHSIG
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != parent)
		_exit(1);
	if (out < 0)
		out = open("/dev/null", O_WRONLY);
	dup2(out, 1);
	dup2(out, 2);
	execvp(words[0], words);
	_exit(127);
}

bool
server_cli(const struct server *server, char *out, size_t size, ...)
{
	char port[16], *words[WORDS_MAX], *word;
	int count = 0, pipes[2], status;
	size_t len = 0;
	ssize_t n;
	va_list ap;
	pid_t pid;

	snprintf(port, sizeof(port), "%d", server->port);
	words[count++] = (char *)"redis-cli";
	words[count++] = (char *)(server->port > 0 ? "-p" : "-s");
	words[count++] = server->port > 0 ? port : (char *)server->socket;
	if (server->password[0] != '\0') {
		words[count++] = (char *)"--no-auth-warning";
		words[count++] = (char *)"-a";
		words[count++] = (char *)server->password;
	}
	va_start(ap, size);
	while ((word = va_arg(ap, char *)) != NULL && count < WORDS_MAX - 1)
		words[count++] = word;
	va_end(ap);
	words[count] = NULL;
	if (pipe(pipes) != 0)
		return false;
	pid = run(words, pipes[1]);
	close(pipes[1]);
	while ((n = read(pipes[0], out != NULL ? out + len : port,
			out != NULL ? size - 1 - len : sizeof(port))) > 0)
		len += out != NULL ? (size_t)n : 0;
	close(pipes[0]);
	if (out != NULL)
		out[len] = '\0';
	return waitpid(pid, &status, 0) == pid && status == 0;
}

bool
server_has_acl(const struct server *server)
{
	char out[64] = "";

	(void)server_cli(server, out, sizeof(out), "acl", "whoami", NULL);
	return strstr(out, "default") != NULL;
}

static bool
wait_for_answer(struct server *server)
{
	char out[64];

	for (int i = 0; i < TRIES; i++) {
		if (server_cli(server, out, sizeof(out), "ping", NULL) &&
			strstr(out, "PONG") != NULL)
			return true;
		if (waitpid(server->pid, NULL, WNOHANG) == server->pid)
			return false;
		pause_ms(10);
	}
	return false;
}

bool
server_restart(struct server *server, const char *const *extra)
{
	char port[16], *words[WORDS_MAX];
	int count = 0;

	snprintf(port, sizeof(port), "%d", server->port);
	words[count++] = (char *)"redis-server";
	words[count++] = (char *)"--port";
	words[count++] = port;
	words[count++] = (char *)"--bind";
	words[count++] = (char *)"127.0.0.1";
	words[count++] = (char *)"--unixsocket";
	words[count++] = server->socket;
	words[count++] = (char *)"--dir";
	words[count++] = server->dir;
	words[count++] = (char *)"--save";
	words[count++] = (char *)"";
	if (server->password[0] != '\0') {
		words[count++] = (char *)"--requirepass";
		words[count++] = server->password;
	}
	while (extra != NULL && *extra != NULL && count < WORDS_MAX - 1)
		words[count++] = (char *)*extra++;
	words[count] = NULL;
	server->pid = run(words, -1);
	return server->pid > 0 && wait_for_answer(server);
}

bool
server_start(struct server *server, int port, const char *const *extra)
{
	snprintf(server->dir, sizeof(server->dir), "/tmp/fw-redis-XXXXXX");
	if (mkdtemp(server->dir) == NULL)
		return false;
	snprintf(server->socket, sizeof(server->socket), "%s/redis.sock",
		server->dir);
	server->port = port < 0 ? server_free_port() : port;
	return server_restart(server, extra);
}

int
server_slot(const struct server *server, const char *key)
{
	char out[64] = "";

	(void)server_cli(
		server, out, sizeof(out), "cluster", "keyslot", key, NULL);
	return (int)strtol(out, NULL, 10);
}

void
server_kill(struct server *server, int number)
{
	if (server->pid <= 0)
		return;
	kill(server->pid, number);
	if (number == SIGKILL || number == SIGTERM) {
		waitpid(server->pid, NULL, 0);
		server->pid = 0;
	}
}

void
server_stop(struct server *server)
{
	char path[512];
	struct dirent *file;
	DIR *dir;

	server_kill(server, SIGCONT);
	server_kill(server, SIGKILL);
	dir = server->dir[0] != '\0' ? opendir(server->dir) : NULL;
	while (dir != NULL && (file = readdir(dir)) != NULL) {
		snprintf(
			path, sizeof(path), "%s/%s", server->dir, file->d_name);
		(void)unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	(void)rmdir(server->dir);
}
