-- SPDX-License-Identifier: BSD-2-Clause
-- A new worker takes over in the middle of a message.
dofile(lib)

local conn = open()
send(conn, {subject = "please tag"})
check(run("kill -USR2 " .. pid), "a successor is asked for")
check(await_log("has taken over", 1), "it takes over")
check(await_log("draining: 1 connections", 1),
	"the old worker drains")

local other = open()
check(deliver(other, {subject = "please discard"}) == "d",
	"meanwhile: new connections are served")
mt.disconnect(other)

check(finish(conn) == "c", "under way: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"), "under way: judged")
mt.disconnect(conn)
check(await_log("ended with status 0", 1), "the old worker ends")
