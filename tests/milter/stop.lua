-- SPDX-License-Identifier: BSD-2-Clause
-- SIGTERM in the middle of a message: it is finished all the same.
dofile(lib)

local conn = open()
send(conn, {subject = "please tag"})
check(run("kill -TERM " .. pid), "the end is asked for")
check(await_log("draining: 1 connections", 1), "it drains")
check(finish(conn) == "c", "under way: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"), "under way: judged")
mt.disconnect(conn)
check(await_log("ended with status 0", 1), "the worker ends")
