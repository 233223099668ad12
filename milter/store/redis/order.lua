-- SPDX-License-Identifier: BSD-2-Clause
-- order: one order, until then; "version" tells who looks that some changed.
-- KEYS the hash of all orders.
-- ARGV what it is about, by, why, at, until (clock.lua), ttl (0: no longer).
-- Reply 1.

-- include clock.lua

if tonumber(ARGV[6]) > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], text(clock(ARGV[4])) .. ' ' ..
    text(clock(ARGV[5])) .. ' ' .. #ARGV[2] .. ' ' .. ARGV[2] .. ' ' ..
    ARGV[3])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end

local now = clock(ARGV[4])
local all = redis.call('HGETALL', KEYS[1])
local version = 0
for i = 1, #all, 2 do
  if all[i] == 'version' then
    version = tonumber(all[i + 1])
  elseif tonumber(string.match(all[i + 1], '^%d+ (%d+)') or 0) <= now then
    redis.call('HDEL', KEYS[1], all[i])
  end
end
redis.call('HSET', KEYS[1], 'version', text(math.max(now, version + 1)))

return 1
