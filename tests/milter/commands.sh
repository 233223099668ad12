#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The subcommands, as people and scripts use them: those that ask the daemon
# after it has seen some mail, and those that need none.
set -u
. "$(dirname "$0")/lib.sh"

# Runs the program; what it says is in $tmp/out and $tmp/err.
run() {
	timeout 20 "$program" "$@" >"$tmp/out" 2>"$tmp/err"
}
gives() { # exit status, name, command ...
	wanted=$1
	name=$2
	shift 2
	run "$@"
	status=$?
	[ $status -eq "$wanted" ]
	result $? "$name"
	[ $status -eq "$wanted" ] || sed 's/^/# /' "$tmp/err"
}
says() { # text, name
	grep -q -- "$1" "$tmp/out" "$tmp/err"
	result $? "$2"
}
is_json() { # name
	python3 -c 'import json, sys; [json.loads(x) for x in sys.stdin]' \
		<"$tmp/out"
	result $? "$1"
}

gives 2 "no command at all is a mistake"
says "serve" "... and lists the commands"
gives 0 "--help" --help
gives 0 "--version" --version
says "^forwarden [0-9]" "... says the version"
gives 2 "a typo is a mistake" evnts
says 'did you mean "events"' "... and gets the nearest"
gives 2 "an unknown option" top --nonsense
says "^usage: forwarden top" "... gets the usage"
says "there is no such option: --nonsense" "... is named"
gives 2 "a misspelt option" top --evry 3
says "did you mean --every?" "... gets the nearest"
gives 2 "an option's value is missing" routes --since
says "since needs a value: --since AGE" "... is said"
gives 2 "a value that is none" routes --since yesterday
says "yesterday: write it as 90m, 24h or 7d" "... with what to write instead"
gives 2 "too little" mailbox
says "something is missing" "... is said"
gives 2 "two shapes at once" keys --example --mdoc
for command in $("$program" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	gives 0 "$command --help" "$command" --help
	says "^usage: forwarden $command" "... has its usage"
	example=$(sed -n "s/^example: forwarden \($command .*\)/\1/p
		s/^example: forwarden \($command\)\$/\1/p" "$tmp/out")
	[ -n "$example" ] || continue
	eval "gives 0 \"... the example is one: $example\" ${example%%>*} --help"
	examples=$((${examples-0} + 1))
done
[ "${examples-0}" -ge 26 ]
result $? "--help has examples"
# What a shell then offers.
offers() { # SHELL PROGRAM
	if command -v "$1" >"$tmp/out"; then
		"$program" completion "$1" >"$tmp/script.$1"
		PATH=$(dirname "$program"):$PATH "$1" -c "$2" >"$tmp/out" 2>&1
		says "^doctor" "completion $1: subcommands"
		says "^--nagios" "... and their options"
	fi
}
# shellcheck disable=SC2016
offers bash '. "'"$tmp"'/script.bash"
	try() { COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _forwarden
		printf "%s\n" "${COMPREPLY[@]}"; }
	COMP_WORDS=(forwarden doc); try; COMP_WORDS=(forwarden doctor --na); try'
# shellcheck disable=SC2016
offers zsh 'compdef() { : }; compadd() { print -l -- ${(P)2} }
	. "'"$tmp"'/script.zsh"
	words=(forwarden doc) CURRENT=2; _forwarden
	words=(forwarden doctor --na) CURRENT=3; _forwarden'
offers fish 'source "'"$tmp"'/script.fish"
	complete -C "forwarden doc"; complete -C "forwarden doctor --na"'
gives 2 "completion for another shell" completion csh
says "bash, zsh and fish" "... which there are is said"
gives 2 "an address too many" mailbox a@example.com b@example.com
gives 0 "keys" keys
says "^local.domains" "... has the keys"
gives 0 "keys --example" keys --example
sed "s/^user: .*/user: $(id -un)/" "$tmp/out" >"$tmp/example.yaml"
gives 1 "a daemon that is away" top --socket "unix:$tmp/none.sock"
says "is it running" "... is said so"

mkdir "$tmp/pack"
policy log 1 log >"$tmp/pack/a.yaml"
printf 'policies: %s\n' "$tmp/pack" >>"$tmp/example.yaml"
gives 0 "check: the example" check -c "$tmp/example.yaml"
says "^loaded .*Subject asks for log" "... lists what is loaded"
gives 0 "check: policies alone" check "$tmp/pack"
gives 0 "check --json" check --json -c "$tmp/example.yaml"
is_json "... is JSON"
says '"errors":0' "... counts errors"
sed -i 's/email.subject/email.subjekt/' "$tmp/pack/a.yaml"
gives 1 "check: an unknown field" check -c "$tmp/example.yaml"
says 'email.subject"*?' "... gets the nearest"
says "a.yaml:9:" "... and its place"
gives 1 "check --json: an unknown field" check --json -c "$tmp/example.yaml"
is_json "... is JSON"
says '"line":9' "... with its place"
sed 's/email.subjekt: .*/email.direction: inwards}/' "$tmp/pack/a.yaml" \
	>"$tmp/never.yaml"
gives 0 "check: a value that a field never has" check "$tmp/never.yaml"
says 'email.direction" never is "inwards"' "... is warned of"
cat >"$tmp/three.yaml" <<-END
	local: {domains: [example.com]}
	mode: enforced
	listen: inet:99999@127.0.0.1
	limits: {recipients: 0}
	policies: []
END
gives 1 "check: three mistakes" check -c "$tmp/three.yaml"
says "^3 errors" "... are three errors"
cat >"$tmp/start.yaml" <<-END
	local: {domains: ["no domain"], networks: [10.0.0.1/8]}
	store: redsi://x
	log: {target: "flie:/x"}
	policies: [$tmp/pack, /nonexistent]
END
gives 1 "check: what a start would refuse" check -c "$tmp/start.yaml"
for place in 1:19 1:44 2:8 3:15 4:; do
	says "start.yaml:$place" "... with its place, $place"
done
says "^6 errors" "... all of them in one run"
printf 'local: {domains: []}\n' >"$tmp/nobody.yaml"
gives 1 "check: no domain at all" check -c "$tmp/nobody.yaml"
says "names no domain at all" "... is said"
gives 78 "serve refuses the same" serve -c "$tmp/start.yaml"
says "^6 errors" "... in the same words"
gives 1 "check: a file that is missing" check -c "$tmp/none.yaml"

port=$(python3 -c 'import socket; s = socket.socket()
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
more="http: 127.0.0.1:$port"
start_daemon commands
config=$folder/forwarden.yaml
send_forwards
result $? "mail is seen"

gives 0 "check --connect" check --connect -c "$config"
says "^reached .*forwarden" "... finds our own daemon"
gives 0 "top" top -c "$config"
says "^bob@example.com  *3 " "... has the mailbox"
gives 0 "top --json" top --json -c "$config"
is_json "... is JSON"
gives 0 "mailbox" mailbox -c "$config" bob@example.com
says "forwarded 3 to 2 destinations" "... has its counts"
says "drop1@freemail.example" "... has its routes"
gives 0 "mailbox, however it is spelt" mailbox -c "$config" '<BOB@Example.COM>'
says "forwarded 3 to 2" "... is the same"
mkdir -p "$tmp/copy/home/bob"
echo drop1@freemail.example >"$tmp/copy/home/bob/.forward"
gives 0 "audit, with the mail that the daemon saw" audit --root "$tmp/copy" \
	-c "$config" --socket "$(sed -n 's/^control: *//p' "$config")" \
	--read "bob@example.com=/home/bob/.forward" --save "$tmp/kept"
says "/home/bob/.forward:1, .* messages, the last" "... has the rule and its mail"
says "MAIL WITHOUT A RULE" "... has mail without a rule"
gives 0 "mailbox, with the rules of the last audit" mailbox -c "$config" \
	--rules "$tmp/kept" bob@example.com
says "/home/bob/.forward:1" "... has the rule"
run mailbox --json -c "$config" --rules "$tmp/kept" bob@example.com
is_json "mailbox --json, with the rules of the last audit"
says '"rules_at_rest":{"at":"[^"]*","rules":\[{"place":"/home/bob/.forward:1"' \
	"... has the rule, its place and when the audit was"
gives 0 "mailbox, with no audit" mailbox -c "$config" --rules "$tmp/none" \
	bob@example.com
says "no audit is kept" "... says so"
gives 0 "a mailbox never seen" mailbox -c "$config" eve@example.com
gives 1 "a mailbox that is none" mailbox -c "$config" nonsense
gives 0 "routes" routes -c "$config"
[ "$(wc -l <"$tmp/out")" -eq 2 ]
result $? "... has a line each"
gives 0 "routes --new" routes --new 1h -c "$config"
says "drop0@freemail.example" "... has the new ones"
gives 0 "routes --dot" routes --dot -c "$config"
says '"bob@example.com" -> "drop0@freemail.example"' "... is a graph"
gives 0 "destination" destination -c "$config" drop0@freemail.example
says "^bob@example.com  *2 " "... has the mailboxes"
gives 0 "events" events -c "$config"
is_json "... is JSON lines"
[ "$(wc -l <"$tmp/out")" -eq 3 ]
result $? "... one each"
gives 0 "events --text" events --text -n 1 -c "$config"
says "bob@example.com -> drop" "... for people"
gives 0 "rollout" rollout -c "$config"
says "^POLICY  *HOLD" "... is a table"
says "bob@example.com .*-> drop" "... says to whom"
gives 0 "rollout --json" rollout --json -c "$config"
is_json "... is JSON"
run events -c "$config"
gzip <"$tmp/out" >"$tmp/events.1.gz"
gives 0 "rollout of a packed file" rollout -c "$config" "$tmp/events.1.gz"
says "^3 events of 1 file, the oldest of 2" "... says how far back it goes"
says "bob@example.com .*-> drop" "... and to whom"
gives 0 "rollout of a file, too old" rollout --since 1s -c "$config" /dev/null
says "no policy matched" "... has nothing"
gives 1 "rollout of a file that is not there" rollout -c "$config" /nonexistent
says "/nonexistent" "... names it"
gives 0 "status" status -c "$config"
says "^store  *memory" "... has the store"
digest=$(sed -n 's/^policies_digest  *//p' "$tmp/out")
gives 0 "check" check -c "$config"
says "^digest  *$digest\$" "... has the digest that status has"
grep -q "\"policy_set\":\"$digest\"" "$folder/events"
result $? "... and the events"
gives 0 "hunt" hunt --check -c "$config" "$folder/events"
says "^3 events, 3 matched" "... asks the daemon's own events"
says "^0 differ" "... and gets its answers"

"$program" events --follow --text -c "$config" >"$tmp/follow" 2>/dev/null &
follower=$!
await grep -q drop "$tmp/follow"
result $? "events --follow begins with what is there"
kill "$follower"
wait "$follower" 2>/dev/null

# With -n 0 it begins with those to come: here what an operator orders.
"$program" events -n 0 --follow --text -c "$config" >"$tmp/follow0" 2>/dev/null &
follower=$!
order_until_seen() {
	"$program" contain -c "$config" --why again bob@example.com >/dev/null
	"$program" uncontain -c "$config" bob@example.com >/dev/null
	grep -q contain "$tmp/follow0"
}
await order_until_seen
result $? "events -n 0 --follow follows"
! grep -q drop "$tmp/follow0"
result $? "... and shows nothing of before"
kill "$follower"
wait "$follower" 2>/dev/null
gives 0 "events -n 0" events -n 0 -c "$config"
[ ! -s "$tmp/out" ]
result $? "... are none"
gives 2 "events -n -1" events -n -1 -c "$config"
says "a number from 0 to 100000" "... is refused"

# On a terminal top goes on, until Ctrl-C.
python3 - "$program" "$config" >"$tmp/out" <<-'END'
	import os, pty, sys
	pid, terminal = pty.fork()
	if pid == 0:
	    os.execl(sys.argv[1], "forwarden", "top", "--every", "1", "-c",
	             sys.argv[2])
	seen = b""
	while seen.count(b"forwarden top") < 2 or not seen.endswith(b"\n"):
	    seen += os.read(terminal, 4096)
	os.write(terminal, b"\x03")
	try:
	    while os.read(terminal, 4096):
	        pass
	except OSError:
	    pass
	print("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	print(seen.decode())
END
says "ended 0" "top on a terminal goes on until it is ended"
says "bob@example.com  *3 " "... has the mailbox"

fetch() { # path
	python3 -c 'import sys, urllib.request, urllib.error
try:
    answer = urllib.request.urlopen(sys.argv[1], timeout=10)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status)
print(answer.read().decode())' "http://127.0.0.1:$port$1" >"$tmp/out" 2>&1
}
fetch /healthz
says "^200" "http: /healthz"
fetch /readyz
says "^200" "http: /readyz"
fetch /metrics
says "^forwarden_sessions_total 1" "http: /metrics"
says '^forwarden_build_info{version="[0-9]' "... the version"
says '^forwarden_policies_info{digest="[0-9a-f]' "... the policies"
says "^forwarden_worker_restarts_total 0" "... no worker has died"
says "^forwarden_enforces 1" "... the mode"
fetch /v1/top
says "^403" "http: the rest is for the control socket"
fetch /nonsense
says "^404" "http: no such path"

python3 - "$folder/milter.sock" "$here" <<-'END'
	import sys
	sys.path.insert(0, sys.argv[2])
	from wire import Wire
	wire = Wire(sys.argv[1])
	wire.connect()
	for number, (login, sender) in enumerate((
	        (b"exchange", b"bob@example.com"), (b"bob", b"bob@example.com"),
	        (b"bob@mx.example.com", b"bob@example.com"))):
	    wire.send(b"D", b"Mi\0004L%d\0{auth_authen}\0%s\0" % (number, login))
	    wire.send(b"M", b"<%s>\0" % sender)
	    wire.send(b"R", b"<drop@freemail.example>\0")
	    wire.field(b"X-Sieve-Redirected-From", b"bob@example.com")
	    wire.field(b"From", sender)
	    wire.field(b"Message-ID", b"<l%d@example.com>" % number)
	    wire.end()
END
run doctor --no-postfix -c "$config"
says "exchange is no mailbox that the store knows" "doctor: an unknown login"
says "put it into local.relays" "... and what to write"
! grep -q "[^@]bob is no mailbox" "$tmp/out"
result $? "... but not one that has a mailbox"
says 'local.same_as: \["mx.example.com = example.com"\]' \
	"doctor: two domains that may mean the same"

run doctor --json --no-postfix -c "$config"
is_json "doctor --json is JSON"
says '"remedy":"a program (Exchange, tickets): put it into local.relays' "... with what to write"
says '"level":"fine","subject":"files"' "... and what is sound"
run doctor --nagios --no-postfix -c "$config"
says "^[A-Z]* - [0-9]* wrong, .* | wrong=[0-9]* note=" "doctor --nagios: one line"
gives 2 "doctor --nagios: a file that cannot be used" \
	doctor --nagios -c "$tmp/three.yaml"
says "^CRITICAL - .* cannot be used" "... is critical"
gives 3 "doctor --nagios: a wrong command line" doctor --nonsense --nagios
says "^UNKNOWN - the command line is wrong" "... is unknown"
run doctor --postfix "$tmp" -c "$config"
says "cannot look at Postfix" "doctor: no Postfix there"
run doctor --sendmail "$tmp" -c "$config"
says "cannot look at Sendmail" "doctor: no Sendmail there"

gives 2 "allow: without a reason" allow -c "$config" bob@example.com a@b.example
says "say why: --why" "... is said, with what to write"
gives 2 "allow: to nobody" allow -c "$config" --why t bob@example.com
gives 1 "allow: a mailbox that is not ours" allow -c "$config" --why t \
	a@b.example c@d.example
says "not in local.domains" "... is said"
gives 1 "allow: to one of ours" allow -c "$config" --why t bob@example.com \
	alice@example.com
says "what stays here" "... is said"
gives 1 "allow: to what is no address" allow -c "$config" --why t \
	bob@example.com 'a b@'
says "neither an address nor a domain" "... is said"
gives 1 "allow: anybody to a whole domain" allow -c "$config" --why t '*' b.example
says "too wide" "... is said"
gives 1 "allow: for too long" allow -c "$config" --why t --for 400d \
	bob@example.com a@b.example
says "1m to 366d" "... is said"
gives 1 "disallow: what is not allowed" disallow -c "$config" \
	bob@example.com a@b.example
says "it is not allowed" "... is said"
gives 0 "allowed: nothing" allowed -c "$config"
says "nothing is allowed" "... is said"
gives 0 "allow, however it is spelt" allow -c "$config" --for 2h \
	--why "ticket 4714" "<Bob+x@Example.COM>" B.example
says "^bob@example.com to b.example is allowed until" "... says until when"
gives 0 "events, in words" events -n 1 --text -c "$config"
says "allow .*bob@example.com .*by .*: ticket 4714" "... say who, and why"
gives 0 "allowed" allowed -c "$config"
says "bob@example.com .*-> b.example .*: ticket 4714" "... lists it"
gives 0 "mailbox" mailbox -c "$config" bob@example.com
says "allowed to b.example until .*: ticket 4714" "... shows it"
gives 0 "allow: anybody, to one" allow -c "$config" --why fax \
	'*' drop1@freemail.example
gives 0 "routes" routes -c "$config"
says "drop1@freemail.example .*  allowed$" "... shows which is allowed"
gives 0 "mailbox" mailbox -c "$config" bob@example.com
says "^  drop1@freemail.example .*  allowed$" "... too"
gives 0 "disallow: anybody, to one" disallow -c "$config" '*' drop1@freemail.example
gives 0 "routes" routes -c "$config"
! grep -q allowed "$tmp/out"
result $? "... no more"
gives 0 "allow: another" allow -c "$config" --why t bob@example.com a@b.example
gives 0 "disallow" disallow -c "$config" bob@example.com b.example
says "is not allowed any more" "... says so"

gives 2 "contain: without a reason" contain -c "$config" bob@example.com
says "say why: --why" "... is said, with what to write"
gives 1 "contain: what is not ours" contain -c "$config" --why t a@b.example
says "not in local.domains" "... is said"
gives 1 "contain: for too long" contain -c "$config" --why t --for 400d \
	bob@example.com
says "1m to 366d" "... is said"
gives 1 "uncontain: what is not contained" uncontain -c "$config" \
	bob@example.com
says "it is not contained" "... is said"
gives 0 "contain, however it is spelt" contain -c "$config" --for 2h \
	--why "ticket 4711" "<Bob+x@Example.COM>"
says "^bob@example.com is contained until" "... says until when"
gives 0 "mailbox" mailbox -c "$config" bob@example.com
says "CONTAINED until .*: ticket 4711" "... says so"
log_has "contain bob@example.com, by .*: ticket 4711"
result $? "... the log, too"
gives 0 "events" events -n 1 -c "$config"
says '"action":"contain".*"why":"ticket 4711"' "... and the events"
gives 0 "events, in words" events -n 1 --text -c "$config"
says "contain .*bob@example.com  by .*: ticket 4711" "... say who, and why"
gives 0 "uncontain" uncontain -c "$config" bob@example.com
gives 0 "mailbox" mailbox -c "$config" bob@example.com
says "not contained" "... is not contained any more"

gives 2 "contain: a mailbox and a destination" contain -c "$config" --why t \
	--to b.example bob@example.com
says "name one mailbox of ours, or --to" "... is refused"
gives 1 "contain: one of ours as a destination" contain -c "$config" --why t \
	--to carol@example.com
says "contain the mailbox itself" "... is said, with what to do"
gives 0 "contain: whom nobody has seen" contain -c "$config" --why t \
	nobody@example.com
says "no mail of nobody@example.com was seen yet: is it written so?" "... is said"
says "^nobody@example.com is contained until" "... and done"
gives 0 "contain: a domain, with all" contain -c "$config" --all-outgoing \
	--why "ticket 4715" --to Freemail.Example
says "freemail.example is contained until .* what is written there, is held" \
	"... says what"
gives 0 "events, in words" events -n 1 --text -c "$config"
says "contain .*freemail.example .*by .*: ticket 4715" "... say so"
gives 0 "contained" contained -c "$config"
says "^mailbox *nobody@example.com .* forwards .* until .* by .*: t$" "... lists them"
says "^domain *freemail.example .* all .* until .*: ticket 4715$" "... all"
gives 0 "contained, in JSON" contained --json -c "$config"
says '"all_outgoing": *true.*"why": *"ticket 4715"' "... all"
gives 0 "routes" routes -c "$config"
says "drop1@freemail.example .*  CONTAINED$" "... show which is contained"
gives 0 "destination" destination -c "$config" drop1@freemail.example
says "^CONTAINED until .*: ticket 4715" "... too"
gives 0 "uncontain: a domain" uncontain -c "$config" --to freemail.example
gives 0 "uncontain" uncontain -c "$config" nobody@example.com
gives 0 "contained: nothing" contained -c "$config"
says "nothing is contained" "... is said"

# A rule that is new is an event before its first message.
mkdir -p "$tmp/root/etc"
echo "sales: bob" >"$tmp/root/etc/aliases"
control=$(sed -n 's/^control: *//p' "$config")
set -- audit --root "$tmp/root" -l example.com --socket "$control" \
	--compare "$tmp/kept" --save "$tmp/kept" --events
gives 0 "audit --events: the first" "$@"
echo "role: drop@evil.example" >>"$tmp/root/etc/aliases"
gives 0 "audit --events: a new rule" "$@"
says '"dataset":"forwarden.rule"' "... is an event"
gives 0 "events" events -n 1 -c "$config"
says '"dataset":"forwarden.rule".*"T1114.003".*"destination":"drop@evil.example"' \
	"... of the daemon, too"
log_has "rule-new: role@example.com sends to drop@evil.example by .*aliases"
result $? "... and in its log"
echo "team: drop@evil.example" >>"$tmp/root/etc/aliases"
set -- "$@" --socket "unix:$tmp/nobody"
gives 0 "audit --events: without the daemon" "$@"
says "the daemon was not told of all of them" "... is said"
[ "$(curl -s --unix-socket "${control#unix:}" -o /dev/null -w '%{http_code}' \
	-X POST 'http://forwarden/v1/rule?event=%7B%7D')" = 400 ]
result $? "what is no event of a rule is refused"

gives 0 "forget" forget -c "$config" bob@example.com
says "records wiped" "... says how much"
gives 0 "allowed" allowed -c "$config"
says "nothing is allowed" "... nor is anything left of what was allowed"
gives 0 "after that" routes -c "$config"
says "no routes" "... nothing is left"
stays_whole commands

finish
