-- SPDX-License-Identifier: BSD-2-Clause
-- take: mail that came in, one message or several: their traces, and whom they
-- are counted for. That is most of all mail, and every word of a call costs as
-- much as ten lines in it: so a message is one word.
-- KEYS of each message: for each trace its hash (remember.lua), for each
--   mailbox box, once and, if the message has authors, peers (tally.lua).
-- ARGV at (clock.lua), prints at most, ttl of once, ttl of mailbox, ttl of one
--   that only receives; for each message how many traces and mailboxes it has
--   (1 byte each), then each trace: cap, ttl (4 bytes each), 1 if anew and 2 if
--   simple (1), id (8), members (2 of length); each mailbox: print (8), 1 if
--   there is a keyword and 2 if there are peers (1), authors (2 of length).
-- Reply 1; if something failed what each of them replies, as batch.lua does.

-- include clock.lua
-- include trace_write.lua
-- include received.lua

local at = clock(ARGV[1])

-- do_all(try): each of them, by try(function, ...).
local function do_all(try)
  local key = 0
  for word = 6, #ARGV do
    local packed, from = ARGV[word], 3
    local traces, mailboxes = string.byte(packed, 1, 2)
    for _ = 1, traces do
      local cap, ttl, how, id, members, rest =
        struct.unpack('>I4I4Bc8I2c0', packed, from)
      try(remember_in, KEYS[key + 1], id, at, ttl, cap, how % 2 == 1,
        how >= 2, members)
      key, from = key + 1, rest
    end
    for _ = 1, mailboxes do
      local print, how, authors, rest =
        struct.unpack('>c8BI2c0', packed, from)
      try(count_received, key, at, print, how % 2 == 1, authors, ARGV[2],
        ARGV[3], ARGV[4], ARGV[5])
      key, from = key + (how >= 2 and 3 or 2), rest
    end
  end
end

if pcall(do_all, function(f, ...) f(...) end) then return 1 end

-- Something fails: that is found out once more, each by itself. All of them may
-- be done twice.
-- include said.lua

local out = {}
do_all(function(f, ...)
  local ok, answer = pcall(f, ...)
  out[#out + 1] = ok and 1 or said(answer)
end)
return out
