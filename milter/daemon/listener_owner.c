/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has a port or a unix socket: /proc/net tells the inode of the socket
 * that listens there, /proc/PID/fd the process that holds it. Only root sees
 * other people's descriptors; where it cannot be told, nothing is said.
 */
#include "daemon/listener.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROC_PATH_BYTES 1024
#define PROC_LINE_BYTES 1024
#define TCP_LISTEN 0x0A
#define UNIX_ACCEPTS 0x10000U

/* "sl local_address rem_address st ... uid timeout inode" */
static bool
match_tcp(const char *line, const struct socket_name *address,
	unsigned long *inode)
{
	unsigned port, state;

	return sscanf(line,
		       " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s "
		       "%*s %*u %*d %lu",
		       &port, &state, inode) == 3 &&
		port == address->port && state == TCP_LISTEN;
}

/* "Num RefCount Protocol Flags Type St Inode Path"; connections to it have
 * the same path, but do not accept any. */
static bool
match_unix(const char *line, const struct socket_name *address,
	unsigned long *inode)
{
	char path[SOCKET_NAME_PATH_BYTES + 8];
	unsigned flags;

	return sscanf(line, "%*s %*s %*s %x %*s %*s %lu %110[^\n]", &flags,
		       inode, path) == 3 &&
		(flags & UNIX_ACCEPTS) != 0 && strcmp(path, address->path) == 0;
}

static bool
find_inode(const char *table, const struct socket_name *address,
	unsigned long *inode)
{
	FILE *f = fopen(table, "r");
	char line[PROC_LINE_BYTES];
	bool found = false;

	if (f == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		found = address->family == SOCKET_NAME_UNIX
			? match_unix(line, address, inode)
			: match_tcp(line, address, inode);
	}
	(void)fclose(f);
	return found;
}

static bool
holds(const char *pid, const char *socket)
{
	char path[PROC_PATH_BYTES], target[64];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL) {
		ssize_t len;

		(void)snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid,
			entry->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		found = strcmp(target, socket) == 0;
	}
	(void)closedir(dir);
	return found;
}

static void
print_process(const char *pid, struct buf *out)
{
	char path[PROC_PATH_BYTES], name[64] = "?";
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "r");
	if (f != NULL) {
		if (fgets(name, sizeof(name), f) == NULL)
			(void)snprintf(name, sizeof(name), "?");
		name[strcspn(name, "\n")] = '\0';
		(void)fclose(f);
	}
	buf_printf(out, "pid %s (", pid);
	buf_add_visible(out, slice_of(name));
	buf_puts(out, ")");
}

static bool
find_holder(unsigned long inode, struct buf *out)
{
	char socket[64];
	struct dirent *entry;
	bool found = false;
	DIR *dir = opendir("/proc");

	if (dir == NULL)
		return false;
	(void)snprintf(socket, sizeof(socket), "socket:[%lu]", inode);
	while (!found && (entry = readdir(dir)) != NULL) {
		if (isdigit((unsigned char)entry->d_name[0]) &&
			holds(entry->d_name, socket)) {
			print_process(entry->d_name, out);
			found = true;
		}
	}
	(void)closedir(dir);
	return found;
}

bool
listener_owner(const struct socket_name *address, struct buf *out)
{
	static const char *const tables[] = {
		[SOCKET_NAME_UNIX] = "/proc/net/unix",
		[SOCKET_NAME_INET] = "/proc/net/tcp",
		[SOCKET_NAME_INET6] = "/proc/net/tcp6",
	};
	unsigned long inode;

	/* Another family's wildcard may be what is in the way. */
	if (find_inode(tables[address->family], address, &inode))
		return find_holder(inode, out);
	if (address->family == SOCKET_NAME_INET &&
		find_inode(tables[SOCKET_NAME_INET6], address, &inode))
		return find_holder(inode, out);
	return false;
}
