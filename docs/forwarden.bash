# SPDX-License-Identifier: BSD-2-Clause
# Completion for bash. The program itself is asked which subcommands it has and
# which options they take, so that nothing is listed twice.

_forwarden()
{
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]}
	local word=${COMP_WORDS[COMP_CWORD]} words=

	if [ "$COMP_CWORD" -eq 1 ]; then
		words="--help --version $("$program" --help 2>/dev/null |
			sed -n 's/^  \([a-z]*\) .*/\1/p')"
	elif [[ $word == -* && $command != -* ]]; then
		words=$("$program" "$command" --help 2>/dev/null |
			sed -nE 's/^  (-.,|   ) (--[a-z-]+).*/\2/p')
	fi
	# Whatever is not an option or subcommand may be a file.
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _forwarden forwarden
