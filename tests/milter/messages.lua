-- SPDX-License-Identifier: BSD-2-Clause
-- Messages as nobody should write them.
dofile(lib)

local conn = open()

-- pickup passes addresses as they are.
check(deliver(conn, {id = "4BARE", from = "sender@partner.example",
	to = {"bob@example.com"}, subject = "please tag"}) == "c",
	"no angle brackets: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"),
	"no angle brackets: judged")

check(deliver(conn, {id = "4NULL", from = "<>", subject = "please tag"})
	== "c", "null sender: goes on")

check(deliver(conn, {id = "48BIT", subject = "please tag",
	from = "<j\195\182rg@partner.example>",
	fields = {{"X-Latin", "T\252r"}, {"To", "\255\254 <@,;:"},
		{"X-Empty", ""}}}) == "c",
	"8-bit and broken fields: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"),
	"8-bit and broken fields: judged")

check(deliver(conn, {id = "4FOLD", fields =
	{{"Subject", " please\n tag"}}}) == "c", "folded subject: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"),
	"folded subject: judged")

local many = {}
for i = 1, 1000 do
	many[i] = string.format("<user%d@example.com>", i)
end
check(deliver(conn, {id = "4MANY", to = many, subject = "please tag"})
	== "c", "1,000 recipients: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"),
	"1,000 recipients: judged")

local fields = {}
for i = 1, 1500 do
	fields[i] = {"X-Many", tostring(i)}
end
check(deliver(conn, {id = "4FIELDS", subject = "please tag",
	fields = fields}) == "c", "1,500 fields: goes on")

-- A real forward: the MTA says whose mail it was.
check(deliver(conn, {id = "4FWD", subject = "hello",
	to = {{"<drop@freemail.example>", "ORCPT=rfc822;bob@example.com"}}})
	== "c", "a forward: goes on")
check(mt.eom_check(conn, MT_QUARANTINE), "a forward: is held")
mt.disconnect(conn)

-- Tags that come with the message.
conn = open({ip = "203.0.113.9"})
check(deliver(conn, {id = "4FORGED", subject = "nothing", fields =
	{{"X-Forwarden", "one"}, {"x-forwarden", "two"}}}) == "c",
	"forged tags from outside: goes on")
check(mt.eom_check(conn, MT_HDRDELETE, "X-Forwarden"),
	"forged tags from outside: removed")
local forged = {}
for i = 1, 51 do
	forged[i] = {"X-Forwarden", tostring(i)}
end
local reply = deliver(conn, {id = "4HEAP", subject = "nothing",
	fields = forged})
check(reply == "r" or reply == "y", "51 forged tags: refused", reply)
check(mt.eom_check(conn, MT_SMTPREPLY, "550", "5.7.1",
	"Too many X-Forwarden fields, which no sender may write"),
	"51 forged tags: code and text")
check(not mt.eom_check(conn, MT_HDRDELETE, "X-Forwarden"),
	"51 forged tags: none is removed one by one")
table.remove(forged)
check(deliver(conn, {id = "4FIFTY", subject = "nothing",
	fields = forged}) == "c", "50 forged tags: goes on")
check(mt.eom_check(conn, MT_HDRDELETE, "X-Forwarden"),
	"50 forged tags: removed")
mt.disconnect(conn)

conn = open()
check(deliver(conn, {id = "4OWN", subject = "nothing",
	fields = {{"X-Forwarden", "one"}}}) == "c",
	"a tag that is not ours, from our side: goes on")
check(mt.eom_check(conn, MT_HDRDELETE, "X-Forwarden"),
	"a tag that is not ours, from our side: removed")
check(deliver(conn, {id = "4AGAIN", subject = "please tag",
	fields = {{"X-Forwarden", "one"}}}) == "c", "a newer tag: goes on")
check(mt.eom_check(conn, MT_HDRDELETE, "X-Forwarden"),
	"a newer tag: replaces it")
mt.disconnect(conn)
