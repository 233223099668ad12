#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make install and make uninstall, into a directory: all that docs/install.md
# names is there, with the paths of this build; what an administrator edited is
# never overwritten and never taken away.
set -u
build=${TOP_BUILDDIR:?}
. "${TOP_SRCDIR:?}/tests/tap.sh"
root=$work/root
install_to() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$build" "$1" \
		DESTDIR="$root" >"$work/out" 2>&1
}
# The value of a variable of the Makefile, without its own variables.
place() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$build" place NAME="$1"
}

install_to install
result $? "make install"
settings=$(place sysconfdir)/forwarden/forwarden.yaml
for file in "$(place sbindir)/forwarden" "$settings" \
	"$(place sysconfdir)/logrotate.d/forwarden" \
	"$(place mandir)/man5/forwarden.yaml.5" \
	"$(place mandir)/man7/forwarden-policies.7" \
	"$(place mandir)/man8/forwarden.8" \
	"$(place completiondir)/forwarden" \
	"$(place docdir)/README.md" "$(place docdir)/attach.md" \
	"$(place docdir)/install.md" "$(place docdir)/redis.md" \
	"$(place exampledir)/forwarden.yaml" \
	"$(place exampledir)/grafana.json" \
	"$(place exampledir)/prometheus-rules.yaml" \
	"$(place pkgdatadir)/policies/forward-everything.yaml" \
	"$(place pkgdatadir)/policies/lists/freemail.txt" \
	"$(place pkgdatadir)/siem-pipeline" \
	"$(place docdir)/siem/elastic-template.json" \
	"$(place pkgdatadir)/renew-disposable"; do
	[ -s "$root$file" ]
	result $? "installed: $file"
done

if [ "$(place systemdsystemunitdir)" != no ]; then
	unit=$root$(place systemdsystemunitdir)/forwarden.service
	grep -q "^ExecStart=$(place sbindir)/forwarden serve -c $settings\$" "$unit"
	result $? "the unit starts this build with its configuration"
	kept=$(place localstatedir)/lib/forwarden-audit/rules.jsonl
	grep -q "^ExecStart=$(place sbindir)/forwarden audit --compare $kept --save $kept --events\$" \
		"${unit%.service}-audit.service"
	result $? "the timer's unit compares with what it keeps"
	[ -s "${unit%.service}-audit.timer" ]
	result $? "the timer"
	grep -q "^ExecStart=$(place sbindir)/forwarden scan --follow -c $settings --state $(place localstatedir)/lib/forwarden-scan/state\$" \
		"${unit%.service}-scan.service"
	result $? "the unit that follows the log knows the configuration and its state"
	grep -q "^ExecStart=$(place sbindir)/forwarden held --tend -c $settings --state $(place localstatedir)/lib/forwarden-held/untold\$" \
		"${unit%.service}-held.service"
	result $? "the unit that looks after held mail knows the configuration and its state"
	grep -q "^u forwarden .* $(place localstatedir)/lib/forwarden\$" \
		"$root$(place prefix)/lib/sysusers.d/forwarden.conf"
	result $? "sysusers.d: the user, at home in the state directory"
	grep -q "^d $(place localstatedir)/log/forwarden 0750 forwarden " \
		"$root$(place prefix)/lib/tmpfiles.d/forwarden.conf"
	result $? "tmpfiles.d: the directory of logs"
fi
grep -q "^\.It Pa $settings\$" "$root$(place mandir)/man8/forwarden.8"
result $? "forwarden(8) names the configuration of this build"
grep -q '^mode: observe$' "$root$settings"
result $? "the configuration begins in observe mode"
! grep -rlE '@[a-z]+dir@' "$root" >"$root.left" 
result $? "no path is left open"
sed 's/^/# /' "$root.left"
rm -f "$root.left"

before=$(cat "$root$settings")
echo "# edited" >>"$root$settings"
install_to install
[ "$(cat "$root$settings")" = "$before
# edited" ]
result $? "a second make install leaves an edited configuration as it is"
install_to uninstall
result $? "make uninstall"
left=$(cd "$root" && find . ! -type d)
[ "$left" = ".$settings" ]
result $? "make uninstall leaves nothing but the edited configuration"
[ "$left" = ".$settings" ] || echo "$left" | sed 's/^/# /'

[ "forwarden $(sed -n '1s/.*(\(.*\)).*/\1/p' "${TOP_SRCDIR:?}/debian/changelog")" = \
	"$("${FORWARDEN:?}" --version)" ]
result $? "debian/changelog has the version of configure.ac"

if command -v bash >/dev/null; then
	complete() { # words...: what is offered for the last one
		bash -c '. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
			_forwarden; echo ${COMPREPLY[*]}' bash \
			"${TOP_SRCDIR:?}/docs/forwarden.bash" "${FORWARDEN:?}" "$@"
	}
	commands=$("$FORWARDEN" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
	[ "$(complete '')" = "--help --version $(echo $commands)" ]
	result $? "completion: every subcommand"
	[ "$(complete che)" = check ]
	result $? "completion: the rest of a subcommand"
	[ "$(complete check --)" = "--config --strict --json --connect --help" ]
	result $? "completion: a subcommand's options"
	for command in $commands; do
		offered=$(complete "$command" -)
		for option in $("$FORWARDEN" "$command" --help |
			tr -c 'a-z-' '\n' | grep '^--[a-z]' | sort -u); do
			case " $offered " in *" $option "*) ;; *) echo "$command $option" ;; esac
		done
	done >"$root.missing"
	[ ! -s "$root.missing" ]
	result $? "completion: every option of every usage"
	sed 's/^/# not offered: /' "$root.missing"
	rm -f "$root.missing"
fi
echo "1..$n"
