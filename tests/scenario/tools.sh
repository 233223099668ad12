#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# forwarden test, explain and replay as people use them.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
forwarden=${FORWARDEN:-forwarden}
. "$top/tests/tap.sh"
TZ=UTC
export TZ

said() { # all of these texts are in what was said
	for text in "$@"; do
		grep -qF -- "$text" "$work/out" || {
			echo "missing: $text" >>"$work/out"
			return 1
		}
	done
}

redirect() { # number, hour
	cat <<MESSAGE
X-Envelope-From: <bob@partner.example>
X-Envelope-To: <drop@gmail.com> ORCPT=rfc822;alice@example.com
X-Envelope-Client: 127.0.0.1 localhost
Received: by mx.example.com (Postfix) id $1; Mon, 5 Jan 2026 $2:00:00 +0000
Delivered-To: alice@example.com
From: Bob <bob@partner.example>
To: alice@example.com
Subject: Minutes $1
Message-ID: <m$1@partner.example>

From the body, not a separator
MESSAGE
}

plain() { # number, hour
	cat <<MESSAGE
Return-Path: <bob@partner.example>
X-Original-To: alice@example.com
Received: from mail.partner.example (mail.partner.example [203.0.113.9])
	by mx.example.com (Postfix) with ESMTP id $1; Mon, 5 Jan 2026 $2:00:00 +0000
From: Bob <bob@partner.example>
To: alice@example.com
Subject: Lunch $1
Message-ID: <p$1@partner.example>

hello
MESSAGE
}

replay() {
	"$forwarden" replay -l example.com -p "$top/policies" "$@" \
		>"$work/out" 2>&1
}

explain() {
	"$forwarden" explain -l example.com -p "$top/policies" "$@" \
		>"$work/out" 2>&1
}

echo 1..43

# The same five messages in every kind of archive, never in order.
mkdir -p "$work/dir/deep" "$work/box/cur" "$work/box/new" "$work/box/tmp"
redirect 3 12 >"$work/dir/a.eml"
redirect 1 10 >"$work/dir/deep/b.eml"
plain 2 11 >"$work/dir/c.eml"
plain 4 13 >"$work/dir/d.eml"
redirect 5 14 >"$work/dir/e.eml"
cp "$work/dir/a.eml" "$work/box/cur/1:2,S"
cp "$work/dir/deep/b.eml" "$work/dir/c.eml" "$work/box/cur"
cp "$work/dir/d.eml" "$work/dir/e.eml" "$work/box/new"
for file in "$work"/dir/*.eml "$work"/dir/deep/*.eml; do
	echo "From bob@partner.example Mon Jan  5 09:00:00 2026"
	cat "$file"
	echo
done >"$work/archive.mbox"
gzip -c "$work/archive.mbox" >"$work/archive.mbox.gz"

for kind in dir box archive.mbox archive.mbox.gz; do
	replay "$work/$kind" && said "5 messages, 3 forwards" "tag 3" \
		"redirect-to-freemail" "alice@example.com" "2026-01-05"
	result $? "replay of ${kind#archive.}"
done

"$forwarden" replay -l example.com -p "$top/policies" - \
	<"$work/archive.mbox" >"$work/out" 2>&1
said "5 messages, 3 forwards"
result $? "replay of the standard input"

replay "$work/dir" && said "  new-destination                              1"
result $? "replay goes by time: one message alone is the first"

replay --json "$work/dir" && said '"messages":5' '"forwards":3' \
	'"policy":"redirect-to-freemail"' '"mailbox":"alice@example.com"'
result $? "replay --json"

replay --events "$work/dir" && [ "$(grep -c '"forwarden":{' \
	"$work/out")" -eq 3 ]
result $? "replay --events gives one line for each that matters"

mkdir "$work/less"
sed 's/^level: .*/level: low/' "$top/policies/redirect-external.yaml" \
	>"$work/less/redirect-external.yaml"
replay --compare "$work/less" "$work/dir" &&
	said "before: tag 3" "after:  log 3" \
		"redirect-to-freemail" "3 -> 0" "tag -> log"
result $? "replay --compare shows what would differ"

# Records of a queue file, a line each: the type, then the text; what a sender
# wrote looks like records, like postcat's lines and like an envelope of ours.
queue_file() {
	python3 -c 'import sys
out = open(sys.argv[1], "wb")
for line in sys.stdin.buffer.read().split(b"\n")[:-1]:
    size = len(line) - 1
    out.write(line[:1])
    while size >= 128:
        out.write(bytes([size & 127 | 128]))
        size >>= 7
    out.write(bytes([size]) + line[1:])' "$1"
}
queue_file "$work/4A1B2C3D" <<'RECORDS'
C            1000             100               1               0            1000
T1767607200 0
Aclient_address=10.0.0.7
Asasl_username=alice
Sbob@partner.example
Adsn_orig_rcpt=rfc822;alice@example.com
Oalice@example.com
Rdrop@gmail.com
p0
M
NReceived: by mx.example.com (Postfix) id 1; Mon, 5 Jan 2026 10:00:00 +0000
NFrom: Bob <bob@partner.example>
LSubject: from 
Nthe queue
N *** HEADER EXTRACTED 4A1B2C3D ***
N	recipient: forged@gmail.com
NX-Envelope-To: <forged2@gmail.com> ORCPT=rfc822;carol@example.com
N  (more of it)
NMessage-ID: <q1@partner.example>
N
NX-Envelope-To: <forged3@gmail.com>
X
E
RECORDS
replay "$work/4A1B2C3D" &&
	said "1 messages, 1 forwards" "alice@example.com" "tag 1" &&
	! said "forged" && ! said "carol"
result $? "replay of a queue file of Postfix"
explain "$work/4A1B2C3D" && said "To drop@gmail.com" &&
	! said "To forged" && ! said "carol"
result $? "... and what a sender wrote is not a record of it"
head -c 300 "$work/4A1B2C3D" >"$work/4CUT"
! replay "$work/4CUT" && said "damaged"
result $? "... and one that is cut short is an error"

printf '\0\1\2 no mail' >"$work/dir/binary"
replay "$work/dir" && said "1 files hold no message" "5 messages"
result $? "files that are not mail are passed over, and said"
rm "$work/dir/binary"

! replay "$work/nowhere" && said "cannot read" "nowhere"
result $? "an archive that is not there is an error"

head -c 300 "$work/archive.mbox.gz" >"$work/cut.gz"
! replay "$work/cut.gz" && said "cut.gz"
result $? "an archive that is cut short is an error"

"$forwarden" replay -p "$top/policies" "$work/dir" >"$work/out" 2>&1
[ $? -eq 1 ] && said "which domains are local?"
result $? "without local domains nothing can be said"

explain "$work/dir/a.eml" && said "redirect of alice@example.com, by postfix" \
	"envelope  97  orcpt, by our MTA" "+ redirect-to-freemail" \
	"selection: rcpt.registered_domain|expand = gmail.com" \
	"enforce would tag" "X-Forwarden: " &&
	! said "zimbra-forwarded" && ! said "zimbra-forward "
result $? "explain shows evidence, policies that match and the verdict"

explain --all "$work/dir/a.eml" &&
	said "- zimbra-forwarded" "- zimbra-forward " "only counted"
result $? "explain --all also shows what was not seen"

# What the manual shows of a message is what is said of it.
as_shown() { # file
	awk -v "file=$1" '
		index($0, "$ forwarden explain " file) == 1 { on = 1; next }
		on && /^\.Ed/ { exit }
		on && !/^\\&/ { print }' "$top/docs/forwarden.8" >"$work/shown"
	explain -n 127.0.0.0/8 -n 10.0.0.0/8 "$work/$1" &&
		grep -Fxf "$work/shown" "$work/out" >"$work/found"
	[ -s "$work/shown" ] && diff "$work/shown" "$work/found" >>"$work/out"
}
cp "$work/dir/a.eml" "$work/redirect.eml"
as_shown redirect.eml
result $? "explain: the sum is what the manual shows"

cat >"$work/list.eml" <<'MESSAGE'
X-Envelope-From: <news-bounces@example.com>
X-Envelope-To: <drop@gmail.com>
X-Envelope-Client: 10.0.0.2 lists.example.com
Received: from mail.partner.example (mail.partner.example [203.0.113.9])
	by mx.example.com (Postfix) with ESMTP id 9
	for <news@example.com>; Mon, 5 Jan 2026 12:00:00 +0000
Precedence: list
From: Bob <bob@partner.example>
To: news@example.com
Subject: Minutes
Message-ID: <l1@partner.example>

MESSAGE
as_shown list.eml
result $? "explain: so is the excuse"

{
	head -n 3 "$work/list.eml"
	echo "Received: by mx.example.com (Postfix, from userid 1000) id 10;" \
		"Mon, 5 Jan 2026 12:00:01 +0000"
	sed 1,3d "$work/list.eml"
} >"$work/handed.eml"
explain -n 10.0.0.0/8 "$work/handed.eml" &&
	said "own-list: not believed: a person handed it in" "Why "
result $? "... and why the same words by a worse speaker are not believed"

explain --from "<>" --to zoe@partner.example --orcpt carol@example.com \
	--client none --enforce "$work/dir/c.eml" &&
	said "To zoe@partner.example (external, was carol@example.com)" \
		"redirect of carol@example.com" "<> (null sender)" \
		"client       this machine, ours" "mode enforce"
result $? "explain takes the envelope from the command line"

explain --client 203.0.113.9 "$work/dir/a.eml" &&
	said "no forward" "the client 203.0.113.9 is not ours (local.networks)"
result $? "explain says when only a client of ours would count"

explain --json "$work/dir/a.eml" && said '"mailbox":"alice@example.com"' &&
	[ "$(wc -l <"$work/out")" -eq 1 ]
result $? "explain --json is one line"

printf 'Subject: \033[31mred \342\200\256evil\n\n' >"$work/hostile.eml"
explain "$work/hostile.eml" && said '\x1B[31mred \u{202E}evil'
result $? "explain escapes what senders wrote"

mkdir "$work/failing"
cp "$top/policies/redirect-external.yaml" "$work/failing"
cat >"$work/failing/one.test.yaml" <<'TESTS'
policy: redirect-external
tests:
  - name: expects too much
    message:
      from: bob@partner.example
      to: dan@corp.example ORCPT=rfc822;alice@example.com
      header: |
        Message-ID: <1@partner.example>
    expect: {hit: true, action: reject}
TESTS
"$forwarden" test "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said "FAIL  redirect-external: expects too much" \
	"one.test.yaml:9: action differs" "- expected reject" "+ got      tag" \
	"0 passed, 1 failed"
result $? "forwarden test shows a difference, and exits 1"

cat >"$work/failing/one.test.yaml" <<'TESTS'
policy: redirect-external
tests:
  - name: has mistakes
    mesage:
      from: x
    expect: {hit: maybe, acton: tag}
    every: often
TESTS
"$forwarden" test "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said 'did you mean "message"?' "true or false" '"acton"' \
	"every must be a duration" "one.test.yaml:4:5"
result $? "mistakes in a test file are all told in one run"

cat >"$work/failing/one.test.yaml" <<'TESTS'
store: redis://127.0.0.1:6379/0
letters:
  known: {from: a@example.com, to: b@partner.example}
tests:
  - {name: nothing to repeat, steps: [{again: true}]}
  - {name: two at once, steps: [{message: known}, {message: known, again: true}]}
  - {name: a misspelt letter, message: knwon}
  - {name: the same in a map, message: {letter: knwon, to: c@example.com}}
  - {name: no mode, mode: enforced, message: known}
  - {name: no action, ceiling: quarantin, message: known}
TESTS
"$forwarden" test -p "$top/policies" "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said "one.test.yaml:1:8: error: memory or down" \
	"one.test.yaml:5:" "no message that could come again" \
	"one.test.yaml:6:" "either a message, or the one before again" \
	"one.test.yaml:7:" "one.test.yaml:8:" "no letter of that name" \
	"observe or enforce" 'did you mean "quarantine"?'
result $? "a test file can name no store of somebody's, nor what is not there"

cat >"$work/failing/one.test.yaml" <<'TESTS'
letters:
  known: {from: a@partner.example, to: b@example.com, client: 203.0.113.9 x.example}
tests:
  - name: a letter is only where a message begins
    steps:
      - message: {letter: known, to: <d@corp.example> ORCPT=rfc822;b@example.com, client: 127.0.0.1 localhost}
        expect: {destination: d@corp.example, direction: internal}
      - again: true
        expect: {destination: e@corp.example}
TESTS
"$forwarden" test -p "$top/policies" "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said "one.test.yaml:7: direction differs" \
	"one.test.yaml:9: destination differs" "+ got      d@corp.example"
result $? "each step of a letter is judged, the repeated one too"

cat >"$work/failing/one.test.yaml" <<'TESTS'
policy: redirect-external
letters:
  known: {from: a@example.com, to: b@partner.example}
tests:
  - {name: it expects nothing, message: known}
  - {name: nor here, steps: [{message: known}, {message: known}]}
  - {name: twice, message: known, expect: miss}
  - {name: twice, message: known, expect: miss}
TESTS
"$forwarden" test -p "$top/policies" "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said "one.test.yaml:5:" "one.test.yaml:6:" \
	"this test expects nothing" "one.test.yaml:8:" \
	"another test of this file has that name"
result $? "a test that cannot fail, and two of one name, are errors"

cat >"$work/failing/one.test.yaml" <<'TESTS'
policy: redirect-external
letters:
  known: {from: a@example.com, to: b@partner.example}
tests:
  - {name: nothing is sent, expect: miss}
  - {name: nor here, steps: [{message: known}, {after: 1h, expect: miss}]}
TESTS
"$forwarden" test -p "$top/policies" "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said "one.test.yaml:5:" "one.test.yaml:6:" \
	"this expects something, and there is no message"
result $? "... and so is one that sends nothing"

echo '# later' >"$work/failing/one.test.yaml"
"$forwarden" test -p "$top/policies" "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said "one.test.yaml: error: there is no test in here"
result $? "... and a file without tests"

mkdir "$work/untested"
cp "$top/policies/redirect-external.yaml" "$work/untested"
"$forwarden" test "$work/untested" >"$work/out" 2>&1
[ $? -eq 1 ] && said "there is no *.test.yaml in or below these paths"
result $? "... and no file at all"

cat >"$work/failing/one.test.yaml" <<'TESTS'
policy: redirect-external
letters:
  known: {from: a@example.com, to: b@partner.example}
tests:
  - name: a name that no policy has
    message: known
    expect: {misses: redirect-extrenal}
  - {name: 'a <near> "miss" & no hit', message: known, expect: miss}
TESTS
"$forwarden" test -v -p "$top/policies" "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said 'line 7: misses: no policy is called "redirect-extrenal"' \
	"1 passed, 1 failed"
result $? "a policy that is not there fails its test"
"$forwarden" test --tap -p "$top/policies" "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said "TAP version 13" "not ok 1 - redirect-external: a name" \
	"ok 2 - redirect-external: a <near>" "1..2"
result $? "... in TAP"
"$forwarden" test --junit -p "$top/policies" "$work/failing" >"$work/out" 2>&1
[ $? -eq 1 ] && said 'tests="2" failures="1"' "<failure>line 7:" \
	'name="a &lt;near&gt; &quot;miss&quot; &amp; no hit"'
result $? "... in XML"
"$forwarden" test --json --coverage -p "$top/policies" "$work/failing" \
	>"$work/out" 2>&1
[ $? -eq 1 ] && said '"passed":1,"failed":1' \
	'"policy":"redirect-external","hits":0,"near_misses":1'
result $? "... in JSON"
"$forwarden" test --coverage -p "$top/policies" "$work/failing" \
	>"$work/out" 2>&1
grep -q "^redirect-external  *no hit$" "$work/out" &&
	grep -q "^0 of [0-9]* policies have" "$work/out" &&
	said "no hit, no near miss"
result $? "test --coverage tells what no test shows"
"$forwarden" test -q --coverage "$top/policies" >"$work/out" 2>&1
result $? "the pack's tests pass"
! grep "no hit\|no near miss" "$work/out"
result $? "... and each policy has a hit and a near miss"

mkdir "$work/site"
cat >"$work/site/rivals.yaml" <<'POLICY'
title: Mail goes to a rival
id: 3f0f3f44-6f0f-4f63-9f9e-1c6a5c8f8d11
name: rivals
status: stable
level: high
logsource: {product: forwarden, category: email}
detection:
  selection: {rcpt.domain|expand: '%rivals%'}
  condition: selection
POLICY
cat >"$work/site/rivals.test.yaml" <<'TESTS'
policy: rivals
letters:
  known: {from: a@example.com, to: b@rival.example, client: 127.0.0.1 localhost}
tests:
  - {name: a rival is named by the site, message: {letter: known}, expect: {action: tag}}
TESTS
cat >"$work/site.conf" <<CONFIG
local: {domains: [site.example]}
lists: {rivals: [rival.example]}
respond: {high: tag}
policies: $work/site
CONFIG
"$forwarden" test -c "$work/site.conf" "$work/site" >"$work/out" 2>&1 &&
	said "1 passed, 0 failed"
result $? "forwarden test -c has the lists and answers of a configuration"

"$forwarden" test "$work/site" >"$work/out" 2>&1
[ $? -eq 1 ] && said "rivals.yaml:8:" "%rivals%"
result $? "... without it each key is at its default"

"$forwarden" test >"$work/out" 2>&1
[ $? -eq 2 ] && said "usage: forwarden test"
result $? "a wrong command line exits 2"
