-- SPDX-License-Identifier: BSD-2-Clause
-- place: where an address stands, beside the keys that bear its name: so that
-- whoever wipes it need not look everywhere.
-- KEYS the sorted set (place -> when it is gone by itself).
-- ARGV at (clock.lua), ttl, place, cap.
-- Reply 1.

-- include clock.lua

-- A place lives an eighth longer than it must, so that it need not be written
-- each time.
local key, at, ttl = KEYS[k + 1], clock(ARGV[w + 1]), tonumber(ARGV[w + 2])
local old = redis.call('ZSCORE', key, ARGV[w + 3])
if old and tonumber(old) >= at + ttl then return 1 end

local long = ttl + math.floor(ttl / 8)
redis.call('ZADD', key, text(at + long), ARGV[w + 3])
local left = redis.call('PTTL', key)
if left >= 0 then
  redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. text(at))
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[w + 4]))
end
if left < long then redis.call('PEXPIRE', key, text(long)) end
return 1
