-- SPDX-License-Identifier: BSD-2-Clause
-- place: where an address stands, beside the keys that bear its name: so that
-- whoever wipes it need not look everywhere.
-- KEYS the sorted set (place -> when it is gone by itself).
-- ARGV at (clock.lua), ttl, place, cap.
-- Reply 1.

-- include clock.lua

local key, at, ttl = KEYS[1], clock(ARGV[1]), tonumber(ARGV[2])
local gone = at + ttl
local old = redis.call('ZSCORE', key, ARGV[3])
if not old or tonumber(old) < gone then
  redis.call('ZADD', key, text(gone), ARGV[3])
end

redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. text(at))
redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[4]))
if redis.call('PTTL', key) < ttl then
  redis.call('PEXPIRE', key, ARGV[2])
end

return 1
