/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden keys: the table of configuration keys, in three shapes. */
#include "cli/command.h"
#include "daemon/config.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *option;
	void (*print)(struct buf *);
} shapes[] = {
	{"--mdoc", config_print_manual},
	{"--example", config_print_example},
};

int
cmd_keys(int argc, char **argv)
{
	void (*print)(struct buf *) = config_print_list;
	struct buf out = {0};

	if (argc > 2)
		return command_usage("forwarden keys [--example | --mdoc]");
	if (argc == 2) {
		print = NULL;
		for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
			if (strcmp(argv[1], shapes[i].option) == 0)
				print = shapes[i].print;
		}
	}
	if (print == NULL)
		return command_usage("forwarden keys [--example | --mdoc]");
	print(&out);
	if (buf_ok(&out))
		(void)fputs(buf_slice(&out).p, stdout);
	buf_fini(&out);
	return COMMAND_OK;
}
