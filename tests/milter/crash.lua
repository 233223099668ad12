-- SPDX-License-Identifier: BSD-2-Clause
-- A worker that is killed is there again at once.
dofile(lib)

local conn = open()
check(deliver(conn, {subject = "please discard"}) == "d", "before: judged")
mt.disconnect(conn)
for round = 1, 3 do
	check(run("kill -KILL $(pgrep -P " .. pid .. ")"), "the worker is killed")
	conn = open()
	check(deliver(conn, {subject = "please discard"}) == "d",
		"after: judged by the next")
	mt.disconnect(conn)
end
check(await_log("died of signal 9", 3), "the log says so")
