# SPDX-License-Identifier: BSD-2-Clause
# For the tests here that start the real daemon: a folder that goes away, TAP,
# and a daemon with a policy for each action. To be sourced.

PYTHONDONTWRITEBYTECODE=yes
export PYTHONDONTWRITEBYTECODE
here=$(cd "$(dirname "$0")" && pwd)
program=${FORWARDEN:?the program to test}
[ -x "$program" ] || { echo "Bail out! $program is not there"; exit 1; }
# The daemon is started from another folder.
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
tmp=$(mktemp -d "${TMPDIR:-/tmp}/forwarden.XXXXXX") || exit 1
daemon=
stop_daemon() {
	[ -z "$daemon" ] && return
	kill "$daemon" 2>/dev/null
	wait "$daemon" 2>/dev/null
	daemon=
}
trap 'stop_daemon; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

n=0
failed=0
result() { # outcome name
	n=$((n + 1))
	case $1 in
	0 | ok) echo "ok $n - $2" ;;
	*)
		echo "not ok $n - $2"
		failed=$((failed + 1))
		;;
	esac
}

# The 10th of a second is waited for at most 200 times.
await() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || return 1
		sleep 0.1
	done
}
log_has() { grep -qs "$1" "$folder/log"; }
is_gone() { ! kill -0 "$daemon" 2>/dev/null; }

policy() { # action number
	cat <<-END
		title: Subject asks for $1
		id: 00000000-0000-4000-8000-00000000000$2
		name: please-$1
		status: stable
		level: medium
		x-forwarden-action: $3
		logsource: {category: email, product: forwarden, service: message}
		detection:
		  selection: {email.subject: please $1}
		  condition: selection
		---
	END
}

policies() { # what "please tag" gets
	policy log 1 log
	policy tag 2 "$1"
	policy quarantine 3 quarantine
	policy tempfail 5 tempfail
	policy reject 6 reject
	policy discard 7 discard
	cat <<-END
		title: A forward to the outside
		id: 00000000-0000-4000-8000-000000000008
		name: forward-out
		status: stable
		level: high
		logsource: {category: email, product: forwarden, service: forward}
		detection:
		  selection: {rcpt.external: true}
		  condition: selection
	END
}

start_daemon() { # name
	folder=$tmp/$1
	mkdir -p "$folder/policies"
	policies tag >"$folder/first.yaml"
	policies reject >"$folder/other.yaml"
	echo "title: [broken" >"$folder/broken.yaml"
	cp "$folder/first.yaml" "$folder/policies/main.yaml"
	cat >"$folder/forwarden.yaml" <<-END
		local: {domains: [example.com]}
		listen: unix:$folder/milter.sock
		control: unix:$folder/control.sock
		state: $folder/state
		policies: $folder/policies
		mode: enforce
		host: mx.example.com
		respond: {ceiling: discard}
		log: {events: "file:$folder/events"}
		${more-}
	END
	"$program" serve -c "$folder/forwarden.yaml" >"$folder/log" 2>&1 &
	daemon=$!
	if ! await log_has ' ready: '; then
		sed 's/^/# /' "$folder/log"
		echo "Bail out! the daemon does not start"
		exit 1
	fi
}

# Three forwards of bob's mail to two destinations.
send_forwards() {
	python3 - "$folder/milter.sock" "$here" <<-'END'
		import sys
		sys.path.insert(0, sys.argv[2])
		from wire import Wire
		wire = Wire(sys.argv[1])
		wire.connect()
		for number in range(3):
		    wire.send(b"D", b"Mi\0004F%d\0" % number)
		    wire.send(b"M", b"<sender@partner.example>\0")
		    wire.send(b"R", b"<drop%d@freemail.example>\0ORCPT=rfc822;"
		              b"bob@example.com\0" % (number % 2))
		    wire.field(b"From", b"sender@partner.example")
		    wire.field(b"Message-ID", b"<%d@partner.example>" % number)
		    wire.end()
	END
}

event() { # queue id
	grep "\"local_id\":\"$1\"" "$folder/events"
}
event_has() { # queue id, text, name
	event "$1" | grep -q -- "$2"
	result $? "$3"
}
stays_whole() { # name
	stop_daemon
	! grep -qE 'Sanitizer|runtime error|died of signal (6|11)' "$folder/log"
	result $? "$1: nothing broke"
	[ ! -e "$folder/milter.sock" ] && [ ! -e "$folder/control.sock" ]
	result $? "$1: the sockets are gone"
	grep -E 'Sanitizer|runtime error' "$folder/log" | sed 's/^/# /'
}

# The plan; the script's exit status.
finish() {
	echo "1..$n"
	[ "$failed" -eq 0 ]
}
