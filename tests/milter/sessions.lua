-- SPDX-License-Identifier: BSD-2-Clause
-- Connections as MTAs make them.
dofile(lib)

-- Several messages on one connection do not mix.
local conn = open()
check(deliver(conn, {subject = "please tag"}) == "c", "first of three")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"), "the first is tagged")
check(deliver(conn, {subject = "nothing"}) == "c", "second of three")
check(not mt.eom_check(conn, MT_HDRINSERT), "the second is not")
check(deliver(conn, {subject = "please reject"}) == "y" or
	mt.getreply(conn) == SMFIR_REJECT, "the third is refused")

-- RSET forgets what came before.
send(conn, {subject = "please reject"})
mt.abort(conn)
check(deliver(conn, {subject = "nothing"}) == "c", "after RSET: goes on")
mt.abort(conn)
mt.abort(conn)
check(deliver(conn, {subject = "please discard"}) == "d",
	"after RSET twice: judged")
mt.disconnect(conn)

-- Connect and leave, at each step.
conn = mt.connect(socket)
check(conn ~= nil, "connect and leave")
mt.disconnect(conn, false)
conn = mt.connect(socket)
mt.negotiate(conn, nil, nil, nil)
mt.disconnect(conn, false)
conn = open()
mt.disconnect(conn, false)
conn = open()
mt.mailfrom(conn, "<sender@partner.example>")
mt.disconnect(conn, false)
conn = open()
send(conn, {subject = "please reject"})
mt.disconnect(conn, false)

conn = open()
check(deliver(conn, {subject = "please discard"}) == "d",
	"after leavers: judged")
mt.disconnect(conn)

-- Macros that never come.
conn = mt.connect(socket)
mt.negotiate(conn, nil, nil, nil)
mt.conninfo(conn, "client.example.net", "unspec")
check(deliver(conn, {subject = "please tag", macros = false}) == "c",
	"no macro at all: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"),
	"no macro at all: judged")
mt.disconnect(conn)

-- All that can be left unanswered is.
conn = open({steps = 0x1fffff})
check(deliver(conn, {subject = "please reject"}) ~= "c",
	"lean negotiation: judged")
check(mt.test_option(conn, SMFIP_NOBODY), "lean negotiation: no body")
check(mt.test_option(conn, SMFIP_NR_HDR), "lean negotiation: no replies")
mt.disconnect(conn)
