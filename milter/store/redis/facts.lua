-- SPDX-License-Identifier: BSD-2-Clause
-- facts: what is known of a mailbox and of its way to a destination.
-- KEYS mailbox, route; of a peer, peers.
-- ARGV destination, at (clock.lua); of a peer, its field (redis_peer.h).
-- Reply {known, count, first, last, received, forwarded, and both with a
--   keyword (24 hours), forwarded (this hour), person}; of a peer
--   also what was received ever, this hour, this and the last, and when last, the
--   day on which the mailbox began to write, now, and what is known of the peer.

-- include clock.lua

local mailbox = redis.call('HGETALL', KEYS[k + 1])
local at = clock(ARGV[w + 2])
local now = math.floor(at / 3600000)
local sum, hour, person = {0, 0, 0, 0}, 0, 0
local total, arrived, got_hour, got_lately = 0, 0, 0, 0
for i = 1, #mailbox, 2 do
  if mailbox[i] == 'person' then
    person = 1
  elseif mailbox[i] == 'received' then
    total = tonumber(mailbox[i + 1])
  elseif mailbox[i] == 'arrived' then
    arrived = tonumber(mailbox[i + 1])
  end
  local h = string.byte(mailbox[i], 2) == 58 and
    string.match(mailbox[i], '^h:(%d+)$')
  if h and tonumber(h) > now - 24 then
    local n = 0
    for v in string.gmatch(mailbox[i + 1], '%d+') do
      n = n + 1
      sum[n] = sum[n] + tonumber(v)
      if n == 2 and tonumber(h) == now then hour = tonumber(v) end
      if n == 1 and tonumber(h) == now then got_hour = tonumber(v) end
      if n == 1 and tonumber(h) >= now - 1 then
        got_lately = got_lately + tonumber(v)
      end
    end
  end
end

local route = redis.call('HGET', KEYS[k + 2], ARGV[w + 1]) or '0 0 0'
local first, last, count = string.match(route, '^(%d+) (%d+) (%d+)$')
local out = {#mailbox > 0 and 1 or 0, tonumber(count), tonumber(first),
  tonumber(last), sum[1], sum[2], sum[3], sum[4], hour, person}
if keys < 3 then return out end

local met = redis.call('HMGET', KEYS[k + 3], ARGV[w + 3], 'begun')
for _, answer in ipairs({total, got_hour, got_lately, arrived,
  tonumber(met[2] or 0), at, met[1] or ''}) do
  out[#out + 1] = answer
end
return out
