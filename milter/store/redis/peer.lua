-- SPDX-License-Identifier: BSD-2-Clause
-- peer: what is known of one to whom a mailbox writes (redis_peer.h).
-- KEYS peers, oneway.
-- ARGV field, value, the day of the first message, ttl, peers at most,
--   destination, what is said of it if its name is kept (else empty).
-- Reply 1.

-- include live.lua

local peers, field, value = KEYS[k + 1], ARGV[w + 1], ARGV[w + 2]
local ttl = tonumber(ARGV[w + 4])
local old = redis.call('HGET', peers, field)

-- The one seen least lately goes.
local function drop_stalest()
  local rows, stale, age = redis.call('HGETALL', peers)
  for i = 1, #rows, 2 do
    local seen = #rows[i] == 8 and string.sub(rows[i + 1], 5, 10)
    if seen and (not age or seen < age) then stale, age = rows[i], seen end
  end
  if stale then redis.call('HDEL', peers, stale) end
end

local function got_of(one) return string.sub(one, 3, 4) end

-- Two bytes, and the same ones before them: the greater is so as a text, too.
if old and #old == #value then
  local got = got_of(value)
  if string.sub(old, 25, 26) == string.sub(value, 25, 26) and
      got_of(old) > got then
    got = got_of(old)
  end
  if string.sub(old, 5, 10) > string.sub(value, 5, 10) then value = old end
  value = string.sub(value, 1, 2) .. got .. string.sub(value, 5)
end

redis.call('HSET', peers, field, value)
if not old then
  redis.call('HSETNX', peers, 'begun', ARGV[w + 3])
  if redis.call('HLEN', peers) > tonumber(ARGV[w + 5]) + 1 then
    drop_stalest()
  end
end

live_on(peers, ttl - math.floor(ttl / 50), ttl)
if ARGV[w + 7] ~= '' then
  redis.call('HSET', KEYS[k + 2], ARGV[w + 6], ARGV[w + 7])
  live_on(KEYS[k + 2], ttl - math.floor(ttl / 50), ttl)
elseif old and string.byte(old, -1) == 1 then
  redis.call('HDEL', KEYS[k + 2], ARGV[w + 6])
end

return 1
