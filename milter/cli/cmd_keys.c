/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden keys: the table of configuration keys, in three shapes. */
#include "cli/command.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "daemon/config.h"

int
cmd_keys(int argc, char **argv)
{
	bool example = false, mdoc = false;
	const struct options_row rows[] = {
		{"example", 0, NULL, &options_flag, &example,
			"a commented example of forwarden.yaml"},
		{"mdoc", 0, NULL, &options_flag, &mdoc, "for the manual page"},
	};
	const struct options options = {
		.about = "Lists the keys of the configuration.",
		.example = "keys --example",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};
	struct buf out = {0};
	int status;

	if (!options_read(&options, argc, argv, NULL, &status))
		return status;
	if (example && mdoc)
		return options_refuse(argv[0], "either --example or --mdoc");
	if (example) {
		config_print_example(&out);
	} else if (mdoc) {
		config_print_manual(&out);
	} else {
		config_print_list(&out);
	}
	screen_print(&out);
	buf_fini(&out);
	return COMMAND_OK;
}
