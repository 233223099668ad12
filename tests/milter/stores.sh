#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What people see of a mailbox does not depend on where it is counted: the
# same mail gives the same screens on the embedded store and on Redis.
set -u
. "$(dirname "$0")/lib.sh"

command -v redis-server >/dev/null ||
	{ echo "Bail out! redis-server is not there"; exit 1; }
redis-server --port 0 --unixsocket "$tmp/redis.sock" --save "" \
	--daemonize yes --pidfile "$tmp/redis.pid" --dir "$tmp" \
	--logfile "$tmp/redis.log" >/dev/null
redis_is_up() { redis-cli -s "$tmp/redis.sock" ping 2>/dev/null | grep -q PONG; }
await redis_is_up || { echo "Bail out! redis-server does not start"; exit 1; }
trap 'stop_daemon; kill "$(cat "$tmp/redis.pid")"; rm -rf "$tmp"' EXIT

# Times differ from run to run, and so does the order in which they put what
# was seen in the same second.
screen() { # command ...
	"$program" "$@" -c "$folder/forwarden.yaml" 2>&1 |
		sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}/TIME/g' |
		sort
}
counted() { "$program" top -c "$folder/forwarden.yaml" | grep -q '^bob.* 3 '; }

# Two forwards of one mailbox within the hour.
correlation() {
	cat <<-END
		---
		title: Twice in an hour
		id: 00000000-0000-4000-8000-000000000009
		name: twice
		correlation:
		  type: event_count
		  rules: [forward-out]
		  group-by: [mailbox.address]
		  timespan: 1h
		  condition: {gte: 2}
		level: high
	END
}

screens() { # name, store
	more="store: $2"
	mkdir -p "$tmp/$1/policies"
	correlation >"$tmp/$1/policies/twice.yaml"
	start_daemon "$1"
	send_forwards && await counted
	result $? "$1: mail is seen"
	screen mailbox bob@example.com >"$tmp/$1.mailbox"
	screen top >"$tmp/$1.top"
	screen routes >"$tmp/$1.routes"
	screen destination drop0@freemail.example >"$tmp/$1.destination"
}
screens memory memory
stays_whole memory
# As version 0.1 had it.
redis-cli -s "$tmp/redis.sock" hset 'fw1:contain:{carol@example.com}' by secops \
	why "ticket 4711" at 1790000000000 until 4102444800000 >/dev/null
screens redis "unix:$tmp/redis.sock"
lists() { "$program" contained -c "$folder/forwarden.yaml" | grep -q "$1"; }
await lists carol@example.com
screen mailbox carol@example.com >"$tmp/contained"
screen mailbox --json carol@example.com >"$tmp/contained.json"
screen contained >"$tmp/contained.list"

# Another mail server on the same Redis obeys with its next message.
first=$daemon
first_folder=$folder
start_daemon other
await lists carol@example.com
"$program" contain bob@example.com --why "ticket 4712" \
	-c "$first_folder/forwarden.yaml" >/dev/null
result $? "a mailbox is contained at one mail server"
sleep 1 # what is promised: all obey within it
send_forwards
await grep -q '"contained":"bob@example.com"' "$folder/events"
result $? "... and what it forwards by another is held"
! grep -v '"contained":"bob@example.com"' "$folder/events" |
	grep -q '"mailbox":"bob@example.com"'
result $? "... all of it, from a second on"

# What is allowed at one is allowed at the other within a second.
"$program" uncontain bob@example.com -c "$first_folder/forwarden.yaml" >/dev/null
for to in drop0 drop1; do
	"$program" allow bob@example.com "$to@freemail.example" \
		--why "ticket 4714" -c "$first_folder/forwarden.yaml" \
		>>"$tmp/allowed.first"
done
is_heard() {
	"$program" allowed -c "$folder/forwarden.yaml" | grep -c 4714 |
		grep -q 2
}
await is_heard
result $? "what is allowed at one mail server is listed by another"
: >"$folder/events"
lets_go() {
	send_forwards && grep -q '"allowed":{"mailbox":"bob@example.com"' \
		"$folder/events"
}
await lets_go
result $? "... and obeyed by it"
# One that is over is one event, however many mail servers see it.
redis() { redis-cli -s "$tmp/redis.sock" "$@"; }
now=$(redis time | sed -n 1p)
redis hset fw1:orders 'contain|dora@example.com' \
	"${now}000 $((now + 4))000 6 secops ticket 4716" version 1 >/dev/null
await lists dora@example.com
is_over() { redis xrange fw1:events - + | grep -q contain-over; }
await is_over
result $? "a containment that is over is an event"
over_at_both() {
	grep -q "contain-over dora@example.com" "$folder/log" &&
		grep -q "contain-over dora@example.com" "$first_folder/log"
}
await over_at_both
result $? "... which both logs tell"
[ "$(redis xrange fw1:events - + | grep -c contain-over)" -eq 1 ]
result $? "... one, of two mail servers"

# What Redis has lost those who know it give back.
"$program" contain eve@example.com --why "ticket 4717" \
	-c "$folder/forwarden.yaml" >/dev/null 2>&1
redis del fw1:orders >/dev/null
is_back() { redis hget fw1:orders 'contain|eve@example.com' | grep -q 4717; }
await is_back
result $? "Redis loses its orders, and has them back"
lists eve@example.com
result $? "... nobody forgot"
await grep -q "Redis did not have .* orders .contained, allowed." "$folder/log"
result $? "... the log says so"
knows() { "$program" status -c "$folder/forwarden.yaml" | grep -q "$1"; }
await knows "Redis did not have .* did it lose its data"
result $? "... and status"
"$program" uncontain eve@example.com -c "$folder/forwarden.yaml" >/dev/null
sleep 1
! is_back
result $? "what is taken back stays away"
stays_whole other

daemon=$first
folder=$first_folder
stays_whole redis

grep -q "forwarded 3 to 2 destinations" "$tmp/memory.mailbox"
result $? "the mailbox has its counts"
grep -q "Twice in an hour .* 2 of 2 \[####" "$tmp/memory.mailbox"
result $? "... and how near it is to a threshold"
grep -q "CONTAINED until TIME by secops: ticket 4711" "$tmp/contained"
result $? "a mailbox that Redis says is contained"
grep -q '"why":"ticket 4711"' "$tmp/contained.json"
result $? "... in JSON, too"
grep -q "^mailbox *carol@example.com.* until TIME by secops: ticket 4711" \
	"$tmp/contained.list"
result $? "... and in the list"
for what in mailbox top routes destination; do
	diff "$tmp/memory.$what" "$tmp/redis.$what" >"$tmp/diff"
	result $? "forwarden $what: the same on both stores"
	sed 's/^/# /' "$tmp/diff"
done

# A login that is missing, or wrong, is said as that, and never shown.
redis-cli -s "$tmp/redis.sock" config set requirepass secret >/dev/null
"$program" check --connect -c "$folder/forwarden.yaml" >"$tmp/out" 2>&1
[ $? -eq 1 ] && grep -q "NOAUTH.*redis.password_file" "$tmp/out"
result $? "check --connect: a login is wanted"
sed "s,^store:.*,store: unix:$tmp/redis.sock," "$folder/forwarden.yaml" \
	>"$tmp/wrong.yaml"
echo not-the-one >"$tmp/password"
echo "redis: {password_file: $tmp/password}" >>"$tmp/wrong.yaml"
"$program" check --connect -c "$tmp/wrong.yaml" >"$tmp/out" 2>&1
[ $? -eq 1 ] && grep -q "WRONGPASS" "$tmp/out" &&
	! grep -q "not-the-one" "$tmp/out"
result $? "... and another one"

# With no way into Redis nobody hears that a containment is everywhere.
start_daemon locked
"$program" contain bob@example.com --why "ticket 4713" \
	-c "$folder/forwarden.yaml" >"$tmp/out" 2>&1
[ $? -eq 1 ] && grep -q "this mail server obeys, and tells the others" "$tmp/out"
result $? "contain: Redis does not answer"
log_has "an order about contain.bob@example.com was not heard: .*this mail server obeys"
result $? "... and the log says so, too"
send_forwards
await grep -q '"contained":"bob@example.com"' "$folder/events"
result $? "... but here it is held"
"$program" status -c "$folder/forwarden.yaml" >"$tmp/out"
grep -q "^contained *1 as last heard: they hold$" "$tmp/out"
result $? "... status says that it holds"
curl -s --unix-socket "$folder/control.sock" http://x/metrics >"$tmp/out"
grep -q '^forwarden_contained{what="mailbox"} 1$' "$tmp/out" &&
	grep -q '^forwarden_allowed 0$' "$tmp/out"
result $? "... and a metric"
"$program" uncontain carol@example.com \
	-c "$folder/forwarden.yaml" >"$tmp/out" 2>&1
[ $? -eq 1 ] && grep -q "of the others nothing is known" "$tmp/out"
result $? "... and what others contain is not denied"
stays_whole locked
finish
