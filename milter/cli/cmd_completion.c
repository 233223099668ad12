/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden completion: scripts for shells. That for bash is installed, too,
 * from docs/forwarden.bash; docs/manual.sh holds it against this one.
 */
#include "cli/command.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const char script_bash[] =
	"# SPDX-License-Identifier: BSD-2-Clause\n"
	"# Completion for bash. The program itself is asked which subcommands it has and\n"
	"# which options they take, so that nothing is listed twice.\n"
	"\n"
	"_forwarden()\n"
	"{\n"
	"\tlocal program=${COMP_WORDS[0]} command=${COMP_WORDS[1]}\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} words=\n"
	"\n"
	"\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	"\t\twords=\"--help --version $(\"$program\" --help 2>/dev/null |\n"
	"\t\t\tsed -n 's/^  \\([a-z]*\\) .*/\\1/p')\"\n"
	"\telif [[ $word == -* && $command != -* ]]; then\n"
	"\t\twords=$(\"$program\" \"$command\" --help 2>/dev/null |\n"
	"\t\t\tsed -nE 's/^  (-.,|   ) (--[a-z-]+).*/\\2/p')\n"
	"\tfi\n"
	"\t# Whatever is not an option or subcommand may be a file.\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	"}\n"
	"complete -o default -F _forwarden forwarden\n";

static const char script_zsh[] =
	"#compdef forwarden\n"
	"# Completion for zsh: the program itself is asked, so nothing is listed twice.\n"
	"\n"
	"_forwarden()\n"
	"{\n"
	"\tlocal -a found\n"
	"\tif (( CURRENT == 2 )); then\n"
	"\t\tfound=(--help --version\n"
	"\t\t\t${(f)\"$($words[1] --help 2>/dev/null |\n"
	"\t\t\t\tsed -n 's/^  \\([a-z]*\\) .*/\\1/p')\"})\n"
	"\telif [[ $words[CURRENT] == -* && $words[2] != -* ]]; then\n"
	"\t\tfound=(${(f)\"$($words[1] $words[2] --help 2>/dev/null |\n"
	"\t\t\tsed -nE 's/^  (-.,|   ) (--[a-z-]+).*/\\2/p')\"})\n"
	"\telse\n"
	"\t\t_files\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tcompadd -a found\n"
	"}\n"
	"if [[ $funcstack[1] == _forwarden ]]; then\n"
	"\t_forwarden \"$@\"\n"
	"else\n"
	"\tcompdef _forwarden forwarden\n"
	"fi\n";

static const char script_fish[] =
	"# Completion for fish: the program itself is asked, so nothing is listed twice.\n"
	"\n"
	"function __forwarden_commands\n"
	"\tset -l given (commandline -opc)\n"
	"\tprintf '%s\\n' --help --version\n"
	"\t$given[1] --help 2>/dev/null |\n"
	"\t\tstring replace -rf '^  ([a-z]+) +(.*)$' '$1\\t$2'\n"
	"end\n"
	"function __forwarden_options\n"
	"\tset -l given (commandline -opc)\n"
	"\t$given[1] $given[2] --help 2>/dev/null |\n"
	"\t\tstring replace -rf '^  (?:-.,|   ) (--[a-z-]+).*$' '$1'\n"
	"end\n"
	"complete -c forwarden -f -n 'test (count (commandline -opc)) -eq 1' \\\n"
	"\t-a '(__forwarden_commands)'\n"
	"complete -c forwarden -n 'test (count (commandline -opc)) -gt 1' \\\n"
	"\t-a '(__forwarden_options)'\n";
/* clang-format on */

static const struct {
	const char *shell, *script;
} scripts[] = {
	{"bash", script_bash},
	{"zsh", script_zsh},
	{"fish", script_fish},
};

int
cmd_completion(int argc, char **argv)
{
	const struct options options = {
		.about = "Prints what completes the program's words in a "
			 "shell.",
		.example = "completion bash",
		.operands = "bash|zsh|fish",
		.least = 1,
		.most = 1};
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		if (strcmp(scripts[i].shell, operands[0]) == 0) {
			(void)fputs(scripts[i].script, stdout);
			return COMMAND_OK;
		}
	}
	return options_refuse(
		"completion", "there are scripts for bash, zsh and fish");
}
