-- SPDX-License-Identifier: BSD-2-Clause
-- remember: members of a trace set.
-- KEYS the sorted set (member -> time).
-- ARGV at (clock.lua), ttl, cap, anew (0 or 1), members. Those that begin with
--   a capital letter are of whoever makes the set; X says that not all found
--   room.
-- Reply 1.

-- include clock.lua

local key, cap, at = KEYS[1], tonumber(ARGV[3]), clock(ARGV[1])
if ARGV[4] == '1' then redis.call('DEL', key) end

local new, cut, first = redis.call('EXISTS', key) == 0, false, 0
local function add(member)
  local old = redis.call('ZSCORE', key, member)
  if not old or tonumber(old) < at then
    redis.call('ZADD', key, text(at), member)
  end
end

for i = 5, #ARGV do
  if ARGV[i] == 'X' then
    cut = true
  elseif not string.find(ARGV[i], '^[A-Z]') then
    add(ARGV[i])
  elseif new and first < math.floor(cap / 2) then
    add(ARGV[i])
    first = first + 1
  elseif new then
    cut = true
  end
end

if cut or redis.call('ZCARD', key) > cap then
  redis.call('ZADD', key, 'NX', text(at), 'X')
end

local over = redis.call('ZCARD', key) - cap
for _, member in ipairs(over > 0 and redis.call('ZRANGE', key, 0, -1) or {}) do
  if over > 0 and not string.find(member, '^[A-Z]') then
    over = over - redis.call('ZREM', key, member)
  end
end

redis.call('PEXPIRE', key, ARGV[2])
return 1
