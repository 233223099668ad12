/* SPDX-License-Identifier: BSD-2-Clause */
/* The program: one name, many subcommands. */
#include <stdio.h>

int
main(void)
{
	puts("forwarden");
	return 0;
}
