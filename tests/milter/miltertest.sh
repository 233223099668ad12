#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Plays the MTA to the real daemon, with miltertest (of the OpenDKIM project):
# every script here against a daemon of its own.
set -u
. "$(dirname "$0")/lib.sh"
if ! command -v miltertest >/dev/null; then
	if [ -n "${CI:-}" ]; then
		echo "Bail out! miltertest is missing (Debian package: miltertest)"
		exit 1
	fi
	echo "1..0 # SKIP miltertest is missing (Debian package: miltertest)"
	exit 0
fi

play() { # script
	timeout 120 miltertest -s "$here/$1.lua" -D "lib=$here/lib.lua" \
		-D "socket=unix:$folder/milter.sock" -D "folder=$folder" \
		-D "pid=$daemon" >"$folder/out" 2>&1
	tell $? "$1"
}

play_by_hand() {
	timeout 120 python3 "$here/wire.py" "$folder/milter.sock" \
		>"$folder/out" 2>&1
	tell $? wire
}

tell() { # status script
	while IFS= read -r line; do
		case $line in
		"ok - "*) result ok "$2: ${line#ok - }" ;;
		"not ok - "*) result fail "$2: ${line#not ok - }" ;;
		*) echo "# $line" ;;
		esac
	done <"$folder/out"
	result "$1" "$2: runs to its end"
	! grep -qa '^not ok' "$folder/out" || sed 's/^/# log: /' "$folder/log"
}

start_daemon actions
play actions
event_has 4HOLD '"action":"quarantine"' "actions: the event of a held message"
log_has '4HOLD: action=quarantine, .*policy=please-quarantine'
result $? "actions: the log line of a held message"
stays_whole actions

start_daemon sessions
play sessions
grep -q '"gaps":\["macros"' "$folder/events"
result $? "sessions: missing macros are a gap"
stays_whole sessions

start_daemon messages
play messages
event_has 4FWD '"mailbox":"bob@example.com"' "messages: whose mail it is"
event_has 4HEAP '"forged_tags":51' "messages: a heap of forged tags is told"
event_has 4FWD '"kind":"redirect"' "messages: what kind of forward"
[ "$(wc -l <"$folder/events")" -eq "$(grep -c '^{.*}$' "$folder/events")" ]
result $? "messages: every event is one line"
! LC_ALL=C grep -q "[^ -~]" "$folder/events"
result $? "messages: every event is ASCII"
stays_whole messages

start_daemon wire
play_by_hand
event_has 4LONG '"gaps":\[[^]]*"field-cut"' "wire: a long field is a gap"
event_has 4MANY '"gaps":\[[^]]*"fields"' "wire: many fields are a gap"
event_has 4FULL '"gaps":\[[^]]*"bytes"' "wire: a full arena is a gap"
stays_whole wire

start_daemon reload
play reload
stays_whole reload

start_daemon takeover
play takeover
stays_whole takeover

start_daemon crash
play crash
stop_daemon

start_daemon stop
play stop
await is_gone
result $? "stop: the daemon is gone"
[ ! -e "$folder/milter.sock" ]
result $? "stop: so is its socket"

# As root the worker becomes somebody else, who can read, write and reload.
if [ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1; then
	chmod 755 "$tmp"
	more="user: nobody"
	start_daemon rights
	more=
	worker=$(pgrep -P "$daemon")
	[ "$(ps -o user= -p "$worker")" = nobody ]
	result $? "rights: the worker is nobody"
	[ "$(stat -c %U "$folder/events" "$folder/state" | sort -u)" = nobody ]
	result $? "rights: its files are its own"
	play actions
	event_has 4HOLD '"action":"quarantine"' "rights: the event is written"
	kill -HUP "$daemon"
	await log_has 'reload: done'
	result $? "rights: it can reload"
	stays_whole rights
fi

# A second daemon at the same place is told who is there.
start_daemon twice
"$program" serve -c "$folder/forwarden.yaml" 2>"$folder/second"
[ $? -ne 0 ] && grep -q "is in use" "$folder/second"
result $? "twice: the second is refused"
if [ -r /proc/net/unix ]; then
	grep -q "in use by pid [0-9]* (forwarden)" "$folder/second"
	result $? "twice: and told by whom"
fi
stays_whole twice

# A broken configuration at the start: all of it, at once.
cat >"$tmp/bad.yaml" <<-END
	local: {domains: ["file:/nonexistent/domains"]}
	mod: enforce
	limits: {fields: 3}
END
"$program" serve -c "$tmp/bad.yaml" 2>"$tmp/bad.out"
[ $? -eq 78 ]
result $? "bad: it does not start"
for place in 1:19 2:1 3:18; do
	grep -q "bad.yaml:$place: error:" "$tmp/bad.out"
	result $? "bad: the mistake at $place"
done

finish
