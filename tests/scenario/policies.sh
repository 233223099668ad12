#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The policies that are shipped, their documentation, and the examples of
# forwarden-policies(7).
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
forwarden=${FORWARDEN:-forwarden}
schemas=${SHARED:-$top/../shared}/data/sigma/json-schema
. "$top/tests/tap.sh"

skip() { # name, why
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

has_python() {
	python3 -c "import $1" 2>/dev/null
}

echo 1..23

"$forwarden" test "$top/policies" >"$work/out" 2>&1
result $? "every policy hits and misses what its tests say"

! grep '^note: no test' "$work/out"
result $? "no policy is without a test"

printf 'local: {domains: [example.com]}\npolicies: %s\nstate: %s\n' \
	"$top/policies" "$work" >"$work/forwarden.yaml"
"$forwarden" check -c "$work/forwarden.yaml" --strict >"$work/out" 2>&1
result $? "forwarden check --strict has nothing to say about them"

count=$(grep -c '^| \[' "$top/docs/policies.md")
echo "$count policies" >"$work/out"
[ "$count" -ge 25 ]
result $? "there are at least 25 policies"

for policy in "$top"/policies/*.yaml; do
	case $policy in
	*.test.yaml) grep -q 'hit' "$policy" && grep -q 'miss\|hit: false' "$policy" ||
		echo "$policy needs a hit and a near miss" ;;
	esac
done >"$work/out"
[ ! -s "$work/out" ]
result $? "every test file has a hit and a near miss"

if ! has_python yaml; then
	skip "docs/policies.md is that of the files" "python3-yaml is not here"
else
	"$top/docs/policies-table" "$top/policies" >"$work/table.md"
	diff "$top/docs/policies.md" "$work/table.md" >"$work/out"
	result $? "docs/policies.md is that of the files"
fi

if [ ! -d "$schemas" ]; then
	skip "valid under the official JSON schemas" "../shared is not here"
elif ! has_python yaml || ! has_python jsonschema; then
	skip "valid under the official JSON schemas" \
		"python3-jsonschema is not here"
else
	python3 "$top/tests/scenario/schemas.py" "$schemas" \
		"$top/policies" >"$work/out" 2>&1
	result $? "valid under the official JSON schemas"
fi

"$forwarden" fields --mdoc >"$work/fields"
sed -n '/^\.\\" fields begin/,/^\.\\" fields end/p' \
	"$top/docs/forwarden-policies.7" | sed '1d;$d' >"$work/page"
diff "$work/page" "$work/fields" >"$work/out"
result $? "the manual's fields are the program's"

sed -n '/^\.Sh MODIFIERS/,/^\.Sh FIELDS/p' "$top/docs/forwarden-policies.7" |
	tr ' ,|' '\n\n\n' >"$work/told"
sed -n '/^static const struct row rows/,/^};/s/^	{"\([a-z0-9]*\)".*/\1/p' \
	"$top/milter/sigma/modifier.c" >"$work/modifiers"
grep -q . "$work/modifiers" && ! grep -vxF -f "$work/told" "$work/modifiers" \
	>"$work/out"
result $? "the manual tells every modifier"

if has_python yaml && has_python jsonschema; then
	"$forwarden" fields --schema >"$work/schema.json"
	python3 - "$work/schema.json" "$top"/policies/*.yaml <<-'END' >"$work/out" 2>&1
		import datetime, json, sys, yaml
		from jsonschema import Draft7Validator as Validator
		with open(sys.argv[1]) as file:
		    schema = json.load(file)
		Validator.check_schema(schema)
		validator = Validator(schema)
		wrong = 0
		for path in sys.argv[2:]:
		    if path.endswith(".test.yaml"):
		        continue
		    with open(path) as file:
		        for document in yaml.safe_load_all(file):
		            for error in validator.iter_errors(document):
		                print(path, error.message)
		                wrong = 1
		slip = {"title": "t", "detection": {
		    "s": {"rcpt.adress": "a@b.example"}, "condition": "s"}}
		slips = [slip, {"title": "t", "correlation": {"type": "event_counts"}},
		         {"title": "t", "correlation": {"group-by": ["mailbox"]}},
		         {"title": "t", "correlation": {"timespan": "1 day"}}]
		if not all(list(validator.iter_errors(s)) for s in slips):
		    print("a slip passes")
		    wrong = 1
		sys.exit(wrong)
	END
	result $? "the pack is valid under forwarden fields --schema"
else
	skip "the pack is valid under forwarden fields --schema" \
		"python3-jsonschema is not here"
fi

mkdir -p "$work/copy"
cp -r "$top/policies" "$work/copy/elsewhere"
digest() {
	"$forwarden" check "$1" | sed -n 's/^digest *//p'
}
here=$(digest "$top/policies")
[ ${#here} -eq 16 ] && [ "$here" = "$(digest "$work/copy/elsewhere")" ]
result $? "a set of policies has one digest wherever it lies"
sed '/^mailinator/d' "$top/policies/lists/disposable.txt" \
	>"$work/copy/elsewhere/lists/disposable.txt"
[ "$here" != "$(digest "$work/copy/elsewhere")" ]
result $? "... and another with one entry of a list less"

"$forwarden" fields --json >"$work/fields.json"
if has_python json; then
	python3 -m json.tool "$work/fields.json" >/dev/null 2>"$work/out"
	result $? "forwarden fields --json is JSON"
else
	skip "forwarden fields --json is JSON" "python3 is not here"
fi

# The examples: each stands after a comment with the name of its file.
mkdir -p "$work/examples/lists"
awk -v folder="$work/examples" '
	/^\.\\" example / { file = folder "/" $3; next }
	/^\.Bd / && file != "" { inside = 1; next }
	/^\.Ed/ { inside = 0; file = "" }
	inside { gsub(/\\e/, "\\"); print >file }
' "$top/docs/forwarden-policies.7"
"$forwarden" test -v "$work/examples" >"$work/out" 2>&1
result $? "the manual's examples pass their own tests"

passed=$(sed -n 's/ passed, 0 failed//p' "$work/out")
[ "${passed:-0}" -ge 10 ] && ! grep '^note: no test' "$work/out"
result $? "each of the manual's examples is run"

# Each technique with its tactic; each reference of a kind that was looked up.
for policy in "$top"/policies/*.yaml; do
	awk -v name="${policy##*/}" '
		/^---/ { end() }
		/^  - attack\./ { tags = tags " " $2 }
		/^  - https:/ && $2 !~ known { print name ": " $2 }
		END { end() }
		BEGIN {
			tactic["attack.t1114.003"] = "attack.collection"
			tactic["attack.t1020"] = "attack.exfiltration"
			tactic["attack.t1583.001"] = "attack.resource-development"
			known = "^https://(attack\\.mitre\\.org/(techniques/T1114/" \
				"(003/)?|techniques/T1583/001/" \
				"|mitigations/M10(32|41|42|47|60)/" \
				"|detectionstrategies/DET0576/)$" \
				"|learn\\.microsoft\\.com/|www\\.microsoft\\.com/" \
				"|www\\.rfc-editor\\.org/rfc/rfc[0-9]+" \
				"|www\\.postfix\\.org/|support\\.google\\.com/" \
				"|www\\.unicode\\.org/reports/)"
		}
		function end(   list, count, i) {
			count = split(tags, list, " ")
			for (i = 1; i <= count; i++) {
				if (list[i] !~ /attack\.t[0-9]/)
					continue
				if (!(list[i] in tactic) ||
					index(tags, tactic[list[i]]) == 0)
					print name ": " list[i]
			}
			tags = ""
		}' "$policy"
done >"$work/out"
[ ! -s "$work/out" ]
result $? "techniques stand with their tactics, references are known ones"

# A public list of addresses for a day: taken as a whole, or not at all.
public=$work/public.txt
renew() {
	FREEMAIL=$top/policies/lists/freemail.txt \
		"$top/scripts/renew-disposable" "$public" "$1" >"$work/out" 2>&1
}
{
	echo "# a head"
	seq -f 'Drop%g.Example' 1 1500
	printf 'gmail.com\r\n'
} >"$work/good"
renew "$work/good" && [ "$(grep -vc '^#' "$public")" -eq 1500 ] &&
	grep -qx drop7.example "$public" && ! grep -q gmail "$public"
result $? "a public list is taken, without those of the list of free mail"
cp "$public" "$work/before"
head -700 "$work/good" >"$work/cut"
seq -f '<td>drop%g.example</td>' 1 1500 | cat "$work/good" - >"$work/page"
seq -f 'drop%g.example' 1 1100 >"$work/half"
seq -f 'drop%g.example' 1 2500 | cat - "$work/before" >"$work/longer"
! renew "$work/cut" && grep -q 'is no list' "$work/out" &&
	! renew "$work/page" && grep -q 'are no domains' "$work/out"
result $? "... one that is cut short or a page is refused, and why is said"
renew "$work/longer" && ! renew "$work/half" &&
	grep -q '2500 before' "$work/out" && cp "$work/before" "$public"
result $? "... and one that has lost half"
printf 'local: {domains: [example.com]}\npolicies: %s\nstate: %s\nlists: {disposable: ["file:%s", "file:%s"]}\n' \
	"$top/policies" "$work" "$top/policies/lists/disposable.txt" \
	"$public" >"$work/forwarden.yaml"
"$forwarden" check -c "$work/forwarden.yaml" --strict >"$work/out" 2>&1
result $? "... and stands beside the own one without a warning"

# A site's own directory beside the shipped one.
mkdir -p "$work/house/lists" "$work/else"
cat >"$work/house/own.yaml" <<'POLICY'
title: Mail to the lawyers
name: to-the-lawyers
logsource: {category: email, product: forwarden, service: forward}
detection:
  selection: {'rcpt.domain|expand': '%lawyers%'}
  condition: selection
level: low
POLICY
echo law.example >"$work/house/lists/lawyers.txt"
cp -r "$work/house" "$work/else/moved"
for place in "$top/policies,$work/house" "$work/else/moved,$top/policies"; do
	printf 'local: {domains: [example.com]}\npolicies: [%s]\nstate: %s\n' \
		"$place" "$work" >"$work/forwarden.yaml"
	"$forwarden" check -c "$work/forwarden.yaml" --strict || echo digest none
done >"$work/out" 2>&1
[ "$(sed -n 's/^digest *//p' "$work/out" | sort | uniq -c | sed 's/^ *//;s/ .*//')" = 2 ]
result $? "one digest, wherever the files lie and in whatever order"

echo own.example >"$work/else/moved/lists/freemail.txt"
sed -i "s,^policies:.*,policies: [$top/policies\, $work/else/moved]," \
	"$work/forwarden.yaml"
"$forwarden" check -c "$work/forwarden.yaml" >"$work/out" 2>&1 &&
	grep -q "moved/lists/freemail.txt: warning: this list is passed over" \
		"$work/out"
result $? "a list that another one hides is said"

printf 'lists: {freemail: ["file:%s"]}\n' "$work/else/moved/lists/freemail.txt" \
	>>"$work/forwarden.yaml"
"$forwarden" check -c "$work/forwarden.yaml" --strict >"$work/out" 2>&1
result $? "... unless the configuration says which is meant"
