-- SPDX-License-Identifier: BSD-2-Clause
-- Reloads: a message is judged under what was there at its MAIL.
dofile(lib)

local function use(name)
	return run(string.format("cp '%s/%s' '%s/policies/main.yaml'",
		folder, name, folder))
end

local conn = open()
local refused = "reload: refused"
local done = "reload: done"

send(conn, {subject = "please tag"})
check(use("other.yaml") and run("kill -HUP " .. pid), "reload is asked for")
check(await_log(done, 1), "reload is carried out")
check(finish(conn) == "c", "under way: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"),
	"under way: judged by the old policies")
check(deliver(conn, {subject = "please tag"}) ~= "c",
	"next message: judged by the new policies")

check(use("broken.yaml") and run("kill -HUP " .. pid),
	"a broken file is put in place")
check(await_log(refused, 1), "a broken file is refused")
check(deliver(conn, {subject = "please tag"}) ~= "c",
	"after that: the policies in use stay")
check(await_log("main.yaml:[0-9]*:[0-9]*:", 1), "the log says where")

check(use("first.yaml") and run("kill -HUP " .. pid), "and back")
check(await_log(done, 2), "reload is carried out again")
check(deliver(conn, {subject = "please tag"}) == "c", "as at first")
mt.disconnect(conn)
