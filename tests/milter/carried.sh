#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# export and import: from memory to Redis and back, what people see is the
# same; and what is not to be taken in is refused, with its line.
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

counted() { "$program" top -c "$folder/forwarden.yaml" | grep -q '^bob.* 3 '; }
more="store: memory"
start_daemon memory
send_forwards && await counted
result $? "mail is counted"
"$program" allow -c "$folder/forwarden.yaml" --why "ticket 4714" \
	bob@example.com b.example >"$tmp/out"
result $? "what is allowed: $(cat "$tmp/out")"
"$program" contain -c "$folder/forwarden.yaml" --why "ticket 4715" \
	--to evil.example >"$tmp/out"
result $? "... and contained: $(cat "$tmp/out")"
"$program" import -c "$folder/forwarden.yaml" /dev/null 2>"$tmp/err"
[ $? -eq 1 ] && grep -q "the daemon runs" "$tmp/err"
result $? "nothing is taken in below a daemon that runs"
stop_daemon

memory=$folder/forwarden.yaml
sed "s,^store:.*,store: unix:$tmp/redis.sock," "$memory" >"$tmp/redis.yaml"
sed "s,^state:.*,state: $tmp/empty," "$memory" >"$tmp/empty.yaml"
mkdir "$tmp/empty"
# Without the lines that differ from one time to the next.
kept() { grep -v '"forwarden"' "$1" | sort; }

"$program" export -c "$memory" >"$tmp/1"
result $? "export from memory"
grep -q '"mailbox":"bob@example.com".*"forwarded":3' "$tmp/1" ||
	grep -q '"forwarded":3.*"mailbox":"bob@example.com"' "$tmp/1"
result $? "... has the counts"
grep -q '"order":"allow|bob@example.com|b.example"' "$tmp/1"
result $? "... and what is allowed"
grep -q '"order":"contain-to|evil.example"' "$tmp/1"
result $? "... and contained"
"$program" import -c "$tmp/redis.yaml" "$tmp/1" >"$tmp/out"
result $? "import to Redis: $(cat "$tmp/out")"
"$program" export -c "$tmp/redis.yaml" >"$tmp/2"
kept "$tmp/1" >"$tmp/1.kept" && kept "$tmp/2" >"$tmp/2.kept"
cmp -s "$tmp/1.kept" "$tmp/2.kept"
result $? "what comes out of Redis is what came out of memory"
"$program" import -c "$tmp/redis.yaml" "$tmp/1" 2>"$tmp/err"
[ $? -eq 1 ] && grep -q "not empty: --merge" "$tmp/err"
result $? "a store that is not empty is refused"
"$program" import --merge -c "$tmp/redis.yaml" "$tmp/1" >"$tmp/out"
result $? "... unless that is asked for"
"$program" export -c "$tmp/redis.yaml" | kept - >"$tmp/3.kept"
cmp -s "$tmp/1.kept" "$tmp/3.kept"
result $? "... and nothing counts twice"
"$program" import -c "$tmp/empty.yaml" <"$tmp/2" >"$tmp/out"
result $? "import to memory: $(cat "$tmp/out")"
"$program" export -c "$tmp/empty.yaml" | kept - >"$tmp/4.kept"
cmp -s "$tmp/1.kept" "$tmp/4.kept"
result $? "what comes out of memory again is the same"
redis-cli -s "$tmp/redis.sock" exists fw1:routed:0 fw1:routed:1 fw1:routed:2 \
	fw1:routed:3 fw1:routed:4 fw1:routed:5 fw1:routed:6 fw1:routed:7 \
	fw1:routed:8 fw1:routed:9 fw1:routed:a fw1:routed:b fw1:routed:c \
	fw1:routed:d fw1:routed:e fw1:routed:f | grep -qv '^0'
result $? "routes are found by their index"

# What nobody waits eight days for; 31 is five of five, 7 three days.
now=$(date +%s)000
redis-cli -s "$tmp/redis.sock" hset 'fw1:oneway:{bob@example.com}' \
	drop@evil.example "$((now - 9 * 86400000)) $now 40 0 1023 31 7" >/dev/null
redis-cli -s "$tmp/redis.sock" hset 'fw1:oneway:{alice@example.com}' \
	me@home.example "$((now - 80 * 86400000)) $now 90 3 1019 0 0" >/dev/null
folder_of_memory=$folder
more="store: unix:$tmp/redis.sock"
start_daemon redis
"$program" allowed -c "$folder/forwarden.yaml" >"$tmp/out"
grep -q 'bob@example.com .*-> b.example .*: ticket 4714' "$tmp/out"
result $? "what was carried is allowed there"
"$program" contained -c "$folder/forwarden.yaml" >"$tmp/out"
grep -q '^domain *evil.example .*: ticket 4715' "$tmp/out"
result $? "... and contained"
"$program" routes --one-way -c "$folder/forwarden.yaml" >"$tmp/out"
[ "$(grep -c ' -> ' "$tmp/out")" -eq 2 ] &&
	grep -q 'bob@example.com.*-> drop@evil.example  *40 ' "$tmp/out" &&
	grep -q 'for  *alone on 10 of 10 days; nothing ever came back; 5 of the last 5 soon after something came; as many as came on 3 of 7 days' "$tmp/out" &&
	grep -q 'against  *3 messages came back for 90; it follows nothing that comes; it has been so for [78][0-9] days' "$tmp/out"
result $? "routes --one-way says what speaks for and against each"
sed 's/^/# /' "$tmp/out"
"$program" routes --one-way --json --mailbox bob@example.com \
	-c "$folder/forwarden.yaml" | grep -q '"destination":"drop@evil.example"'
result $? "... of one mailbox, as JSON"
"$program" routes --one-way --dot -c "$folder/forwarden.yaml" 2>"$tmp/err"
[ $? -eq 2 ] && grep -q -e '--one-way goes with neither' "$tmp/err"
result $? "... and not as a graph"
stop_daemon
folder=$folder_of_memory

refused() { # name, what is said, what sed(1) does to the file
	sed "$3" "$tmp/1" >"$tmp/wrong"
	"$program" import --merge -c "$tmp/redis.yaml" - <"$tmp/wrong" 2>"$tmp/err"
	[ $? -eq 1 ] && grep -q "$2" "$tmp/err"
	result $? "refused: $1"
	sed 's/^/# /' "$tmp/err"
}
refused "nothing" "it is empty" d
refused "what nobody wrote" "standard input:1: " 1d
refused "a file that was cut short" "was cut short" '$d'
refused "one that lacks a line" "and was written with" 2d
refused "hashed elsewhere" ":1: its addresses are hashed with a key" \
	'1s/"plain"/"0123456789ab"/'
refused "another format" "format 9" '1s/"format":1/"format":9/'
refused "a count below nothing" 'standard input:2: "forwarded" is -1' \
	'2s/"forwarded":[0-9]*/"forwarded":-1/'
refused "contained for ever" 'standard input:2: "contained" is to say "until"' \
	'2s/}$/,"contained":{"by":"me"}}/'
refused "allowed for ever" 'standard input:2: "given" is to say "until"' \
	'2s/.*/{"order":"allow|a@example.com|b@b.example","given":{"by":"me"}}/'
refused "half a line" "standard input:2: " '2s/}$//'
refused "a NUL, and what it would hide" "standard input:2: " '2s/}$/}\x00,/'

# What a daemon has not written by itself.
more="store: memory"
start_daemon killed
send_forwards && await counted
result $? "mail is counted again"
journals() { find "$folder/state" -name 'store.journal-*' -size +0 | grep .; }
await journals >/dev/null
"$program" export -c "$folder/forwarden.yaml" 2>&1 >/dev/null |
	grep -q "a daemon runs"
result $? "export below a daemon that runs says what it lacks"
# Without its supervisor the worker would write all, and without its worker the
# supervisor would start another.
kill -STOP "$daemon"
kill -KILL $(pgrep -P "$daemon") "$daemon"
exported() {
	"$program" export -c "$folder/forwarden.yaml" 2>"$tmp/err" |
		grep '"mailbox":"bob@example.com"' | grep -q '"forwarded":3'
}
await exported
result $? "what a daemon left that was killed is exported"
sed "s,^,# ," "$tmp/err"
journals >/dev/null && exported
result $? "... and stays where it is"
finish
