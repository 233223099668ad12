/* SPDX-License-Identifier: BSD-2-Clause */
/* Processor time by /proc/PID/stat: proc(5), fields 4, 14 and 15. */
#include "cpu.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROCESSES_MAX 4096

struct process {
	pid_t pid, parent;
	int64_t ticks;
};

static bool
read_process(const char *pid, struct process *p)
{
	char path[64], text[1024];
	unsigned long user, kernel;
	int parent;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return false;
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	/* The name, in parentheses, may hold anything. */
	const char *rest = strrchr(text, ')');
	if (rest == NULL ||
		sscanf(rest,
			") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			&parent, &user, &kernel) != 3)
		return false;
	p->pid = (pid_t)atoi(pid);
	p->parent = (pid_t)parent;
	p->ticks = (int64_t)(user + kernel);
	return true;
}

static int64_t
ticks_below(const struct process *all, size_t count, pid_t pid)
{
	int64_t ticks = 0;

	for (size_t i = 0; i < count; i++) {
		if (all[i].pid == pid) {
			ticks += all[i].ticks;
		} else if (all[i].parent == pid) {
			ticks += ticks_below(all, count, all[i].pid);
		}
	}
	return ticks;
}

int64_t
cpu_used_us(pid_t pid)
{
	static struct process all[PROCESSES_MAX];
	size_t count = 0;
	DIR *d = opendir("/proc");

	if (d == NULL)
		return -1;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (atoi(e->d_name) > 0 && count < PROCESSES_MAX &&
			read_process(e->d_name, &all[count]))
			count++;
	}
	closedir(d);
	int64_t ticks = ticks_below(all, count, pid);
	return count == 0 ? -1 : ticks * 1000000 / sysconf(_SC_CLK_TCK);
}
