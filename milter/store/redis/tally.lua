-- SPDX-License-Identifier: BSD-2-Clause
-- tally: counts one message of a mailbox, once for each identity.
-- KEYS mailbox, route, once, left; and, but for a cluster, dest, top, routed.
-- ARGV at (clock.lua), what, destination, keyword (0 or 1), identity, routes at
--   most, ttl of mailbox and route, prints at most, ttl of once, mailbox, ttl of
--   top, ttl of a mailbox that only receives.
-- Reply {counted, flows of the mailbox that day}.

-- include clock.lua
-- include once.lua
-- include raise.lua

local mailbox, route, once_key, left = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time, what, dest = clock(ARGV[1]), ARGV[2], ARGV[3]
local at, hour = text(time), math.floor(time / 3600000)
local today = math.floor(hour / 24)
local day = 'd:' .. text(today)

local function prune(pattern, oldest)
  for _, f in ipairs(redis.call('HKEYS', mailbox)) do
    local n = string.match(f, pattern)
    if n and tonumber(n) < oldest then redis.call('HDEL', mailbox, f) end
  end
end

local function count_hour(column)
  local field = 'h:' .. text(hour)
  local n, old = {}, redis.call('HGET', mailbox, field)
  if not old then prune('^h:(%d+)$', hour - 23) end
  for v in string.gmatch(old or '0 0 0 0', '%d+') do
    n[#n + 1] = tonumber(v)
  end
  n[column] = n[column] + 1
  if ARGV[4] == '1' then n[column + 2] = n[column + 2] + 1 end
  redis.call('HSET', mailbox, field, string.format('%.0f %.0f %.0f %.0f',
    n[1], n[2], n[3], n[4]))
end

local function count_route()
  local old = redis.call('HGET', route, dest)
  local first, last, n = at, at, 0
  if old then
    first, last, n = string.match(old, '^(%d+) (%d+) (%d+)$')
    if tonumber(at) > tonumber(last) then last = at end
    if tonumber(at) < tonumber(first) then first = at end
  end
  redis.call('HSET', route, dest,
    first .. ' ' .. last .. ' ' .. string.format('%.0f', n + 1))
  if not old and redis.call('HLEN', route) > tonumber(ARGV[6]) then
    local rows, stale, age = redis.call('HGETALL', route)
    for i = 1, #rows, 2 do
      local seen = tonumber(string.match(rows[i + 1], '^%d+ (%d+)'))
      if not age or seen < age then stale, age = rows[i], seen end
    end
    redis.call('HDEL', route, stale)
    raise(left, text(age), stale, 10000, ARGV[7])
  end
  redis.call('PEXPIRE', route, ARGV[7])
end

local function count_forward()
  local first = redis.call('HGET', mailbox, 'first')
  local last = redis.call('HGET', mailbox, 'last')
  if not first or tonumber(at) < tonumber(first) then
    redis.call('HSET', mailbox, 'first', at)
  end
  if not last or tonumber(at) > tonumber(last) then
    redis.call('HSET', mailbox, 'last', at)
  end
  if redis.call('HINCRBY', mailbox, day, 1) == 1 then
    prune('^d:(%d+)$', today - 7)
  end
  if dest ~= '' then count_route() end
end

local counted = ARGV[5] == '' or once(once_key,
  what .. '\n' .. dest .. '\n' .. ARGV[5], time,
  tonumber(ARGV[9]), tonumber(ARGV[8]))
if counted then
  if what == 'person' then
    redis.call('HSET', mailbox, what, 1)
  else
    redis.call('HINCRBY', mailbox, what, 1)
  end
  if what == 'received' then count_hour(1) end
  if what == 'forwarded' then
    count_hour(2)
    count_forward()
  end
  local only = what == 'received' and
    redis.call('HEXISTS', mailbox, 'first') == 0 and
    redis.call('HEXISTS', mailbox, 'person') == 0
  redis.call('PEXPIRE', mailbox, only and ARGV[12] or ARGV[7])
end

local flows = tonumber(redis.call('HGET', mailbox, day) or '0')
if what == 'forwarded' and #KEYS == 7 then
  if dest ~= '' then
    raise(KEYS[5], at, ARGV[10], 10000, ARGV[7])
    raise(KEYS[7], at, ARGV[10], 10000000, ARGV[7])
  end
  if flows > 0 then
    raise(KEYS[6], flows, ARGV[10], 100000, ARGV[11])
  end
end

return {counted and 1 or 0, flows}
