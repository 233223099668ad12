/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 3164 over a unix socket, as C libraries write it. */
#include "daemon/alert_syslog.h"

#include "base/buf.h"
#include "daemon/alert_board.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#define SYSTEM_PATH "/dev/log"
#else
#define SYSTEM_PATH "/var/run/log"
#endif

static const struct {
	const char *name;
	int facility;
} facilities[] = {
	{"no", ALERT_SYSLOG_OFF},
	{"yes", LOG_MAIL},
	{"mail", LOG_MAIL},
	{"daemon", LOG_DAEMON},
	{"auth", LOG_AUTH},
	{"authpriv", LOG_AUTHPRIV},
	{"user", LOG_USER},
	{"local0", LOG_LOCAL0},
	{"local1", LOG_LOCAL1},
	{"local2", LOG_LOCAL2},
	{"local3", LOG_LOCAL3},
	{"local4", LOG_LOCAL4},
	{"local5", LOG_LOCAL5},
	{"local6", LOG_LOCAL6},
	{"local7", LOG_LOCAL7},
};

static const int priorities[] = {
	[ALERT_NOTICE] = LOG_NOTICE,
	[ALERT_WARNING] = LOG_WARNING,
	[ALERT_CRITICAL] = LOG_CRIT,
};

bool
alert_syslog_facility(const char *name, int *facility, struct err *err)
{
	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++) {
		if (strcmp(facilities[i].name, name) == 0) {
			*facility = facilities[i].facility;
			return true;
		}
	}
	return err_set(
		err, ERR_INVALID, "\"%s\" is not a facility of syslog", name);
}

static int
connect_as(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	int fd;

	if (len >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, len);
	fd = socket(AF_UNIX, type, 0);
	if (fd < 0)
		return -1;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) ==
		0)
		return fd;
	(void)close(fd);
	return -1;
}

static void
write_head(struct buf *out, int priority)
{
	char stamp[32] = "";
	time_t now = time(NULL);
	struct tm parts;

	if (localtime_r(&now, &parts) != NULL)
		(void)strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &parts);
	buf_printf(out, "<%d>%s forwarden[%ld]: ", priority, stamp,
		(long)getpid());
}

/* A stream keeps lines apart by their ends. */
static bool
send_line(const char *path, struct buf *text)
{
	int fd = connect_as(path, SOCK_DGRAM);
	ssize_t sent;

	if (fd < 0 && errno == EPROTOTYPE) {
		fd = connect_as(path, SOCK_STREAM);
		buf_add_byte(text, '\n');
	}
	if (fd < 0)
		return false;
	do {
		sent = send(fd, text->p, text->len, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent >= 0 && (size_t)sent < text->len) {
		sent = -1;
		errno = EAGAIN;
	}
	(void)close(fd);
	return sent >= 0;
}

bool
alert_syslog_send(const char *path, int facility, enum alert_weight weight,
	struct slice line, unsigned *why)
{
	struct buf text = {0};
	bool sent;

	write_head(&text, facility | priorities[weight]);
	buf_add(&text, line);
	errno = ENOMEM;
	sent = buf_ok(&text) &&
		send_line(*path != '\0' ? path : SYSTEM_PATH, &text);
	*why = sent ? 0 : alert_why(ALERT_CAUSE_SYSTEM, (unsigned)errno);
	buf_fini(&text);
	return sent;
}
