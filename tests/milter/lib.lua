-- SPDX-License-Identifier: BSD-2-Clause
-- What every script here needs: checks that print TAP, and a message in one
-- call. The driver sets `socket`, `folder` and `pid` (of the daemon).

function check(ok, name, got)
	print((ok and "ok - " or "not ok - ") .. name)
	if not ok and got ~= nil then
		print("# got " .. tostring(got))
	end
end

-- A connection that is past EHLO. options: ip, actions, steps.
function open(options)
	options = options or {}
	local conn = mt.connect(socket)
	if conn == nil then
		error("cannot connect to " .. socket)
	end
	mt.set_timeout(20)
	if mt.negotiate(conn, nil, options.actions, options.steps) ~= nil then
		error("negotiation failed")
	end
	mt.macro(conn, SMFIC_CONNECT, "j", "mx.example.com",
		"{daemon_name}", "test")
	if mt.conninfo(conn, "client.example.net",
		options.ip or "127.0.0.1") ~= nil then
		error("connection refused")
	end
	mt.helo(conn, "client.example.net")
	return conn
end

-- MAIL, RCPT and the header; what is not given is as usual.
function send(conn, message)
	local id = message.id or "4TEST"
	if message.macros ~= false then
		mt.macro(conn, SMFIC_MAIL, "i", id)
	end
	mt.mailfrom(conn, message.from or "<sender@partner.example>")
	for _, rcpt in ipairs(message.to or {"<bob@example.com>"}) do
		if type(rcpt) == "table" then
			mt.rcptto(conn, rcpt[1], rcpt[2])
		else
			mt.rcptto(conn, rcpt)
		end
	end
	mt.header(conn, "From", "Sender <sender@partner.example>")
	mt.header(conn, "Message-ID", "<" .. id .. "@partner.example>")
	for _, field in ipairs(message.fields or {}) do
		mt.header(conn, field[1], field[2])
	end
	if message.subject ~= nil then
		mt.header(conn, "Subject", message.subject)
	end
end

-- End of message; the final reply's letter.
function finish(conn)
	mt.eom(conn)
	local reply = mt.getreply(conn)
	return reply and string.char(reply)
end

function deliver(conn, message)
	send(conn, message)
	return finish(conn)
end

-- Runs a command of the shell; true when it succeeds.
function run(command)
	local status = os.execute(command)
	return status == 0 or status == true
end

-- Waits until the daemon's log has a text count times.
function await_log(text, count)
	return run(string.format("await_log() { n=0; " ..
		"while [ $(grep -c '%s' '%s/log') -lt %d ]; do " ..
		"n=$((n + 1)); [ $n -lt 600 ] || return 1; sleep 0.05; " ..
		"done; }; await_log", text, folder, count))
end
