-- SPDX-License-Identifier: BSD-2-Clause
-- Every action, as the MTA sees it.
dofile(lib)

local conn = open()

check(deliver(conn, {subject = "nothing"}) == "c", "none: goes on")
check(not mt.eom_check(conn, MT_HDRINSERT), "none: no field is added")

check(deliver(conn, {subject = "please log"}) == "c", "log: goes on")
check(not mt.eom_check(conn, MT_HDRINSERT), "log: no field is added")

check(deliver(conn, {subject = "please tag"}) == "c", "tag: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"), "tag: the field")
check(not mt.eom_check(conn, MT_QUARANTINE), "tag: is not held")

check(deliver(conn, {subject = "please quarantine", id = "4HOLD"}) == "c",
	"quarantine: goes on")
check(mt.eom_check(conn, MT_QUARANTINE), "quarantine: is held")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"),
	"quarantine: the field")

local reply = deliver(conn, {subject = "please tempfail"})
check(reply == "t" or reply == "y", "tempfail: deferred", reply)
check(mt.eom_check(conn, MT_SMTPREPLY, "451", "4.7.1",
	"Automatic forwarding is being looked at, try again later"),
	"tempfail: code 451 4.7.1")

reply = deliver(conn, {subject = "please reject"})
check(reply == "r" or reply == "y", "reject: refused", reply)
check(mt.eom_check(conn, MT_SMTPREPLY, "550", "5.7.520",
	"Access denied, automatic forwarding to this recipient is not allowed"),
	"reject: code and text")
check(not mt.eom_check(conn, MT_HDRINSERT), "reject: no field is added")

check(deliver(conn, {subject = "please discard"}) == "d", "discard")

mt.disconnect(conn)

-- An MTA that offers no quarantine: respond.unable.
conn = open({actions = SMFIF_ADDHDRS + SMFIF_CHGHDRS})
check(deliver(conn, {subject = "please quarantine"}) == "c",
	"no quarantine offered: goes on")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Forwarden"),
	"no quarantine offered: tagged instead")
mt.disconnect(conn)

-- One that offers nothing at all.
conn = open({actions = 0})
check(deliver(conn, {subject = "please tag"}) == "c",
	"nothing offered: goes on")
mt.disconnect(conn)
