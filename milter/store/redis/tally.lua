-- SPDX-License-Identifier: BSD-2-Clause
-- tally: counts one message of a mailbox, once for each identity.
-- KEYS mailbox, route, once, left; and, but for a cluster, dest, top, routed.
-- ARGV at (clock.lua), what, destination, keyword (0 or 1), the identity's print
--   (once.lua; empty: count it), routes at most, ttl of mailbox and route,
--   prints at most, ttl of once, mailbox, ttl of top, ttl of a mailbox that only
--   receives.
-- Reply {counted, flows of the mailbox that day}.

-- include clock.lua
-- include live.lua
-- include once.lua
-- include raise.lua

local mailbox, route, once_key, left = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time, what, dest = clock(ARGV[1]), ARGV[2], ARGV[3]
local ttl = tonumber(ARGV[7])
local hour = math.floor(time / 3600000)
local today = math.floor(hour / 24)
local hour_field, day_field = 'h:' .. hour, 'd:' .. today
local had = redis.call('HMGET', mailbox, what, hour_field, day_field,
  'first', 'last', 'person')
local flows = tonumber(had[3] or 0)
local changes = {}

local function change(field, value)
  changes[#changes + 1] = field
  changes[#changes + 1] = value
end

local function prune(pattern, oldest)
  for _, f in ipairs(redis.call('HKEYS', mailbox)) do
    local n = string.match(f, pattern)
    if n and tonumber(n) < oldest then redis.call('HDEL', mailbox, f) end
  end
end

local function count_hour(column)
  local n = {string.match(had[2] or '0 0 0 0',
    '^(%d+) (%d+) (%d+) (%d+)$')}
  if not had[2] then prune('^h:(%d+)$', hour - 23) end
  n[column] = n[column] + 1
  if ARGV[4] == '1' then n[column + 2] = n[column + 2] + 1 end
  change(hour_field, table.concat(n, ' '))
end

-- The mailbox lives on from its last message, to a fiftieth of that time.
local function live(key, long)
  live_on(key, long - math.floor(long / 50), long)
end

local function count_route()
  local old, at = redis.call('HGET', route, dest), text(time)
  local first, last, n = at, at, 0
  if old then
    first, last, n = string.match(old, '^(%d+) (%d+) (%d+)$')
    if time > tonumber(last) then last = at end
    if time < tonumber(first) then first = at end
  end
  redis.call('HSET', route, dest,
    first .. ' ' .. last .. ' ' .. text(n + 1))
  if not old and redis.call('HLEN', route) > tonumber(ARGV[6]) then
    local rows, stale, age = redis.call('HGETALL', route)
    for i = 1, #rows, 2 do
      local seen = tonumber(string.match(rows[i + 1], '^%d+ (%d+)'))
      if not age or seen < age then stale, age = rows[i], seen end
    end
    redis.call('HDEL', route, stale)
    raise(left, text(age), stale, 10000, ttl)
  end
  live(route, ttl)
end

local function count_forward()
  if not had[4] or time < tonumber(had[4]) then change('first', text(time)) end
  if not had[5] or time > tonumber(had[5]) then change('last', text(time)) end
  flows = flows + 1
  change(day_field, flows)
  if flows == 1 then prune('^d:(%d+)$', today - 7) end
  if dest ~= '' then count_route() end
end

local counted = ARGV[5] == '' or once(once_key, ARGV[5], time,
  tonumber(ARGV[9]), tonumber(ARGV[8]))
if counted then
  if what ~= 'person' then
    change(what, (had[1] or 0) + 1)
  elseif not had[6] then
    change(what, 1)
  end
  if what == 'received' then
    count_hour(1)
  elseif what == 'forwarded' then
    count_hour(2)
    count_forward()
  end
  if #changes > 0 then redis.call('HSET', mailbox, unpack(changes)) end
  if what == 'received' and not had[4] and not had[6] then
    live(mailbox, tonumber(ARGV[12]))
  else
    live(mailbox, ttl)
  end
end

if what == 'forwarded' and #KEYS == 7 then
  local at = text(time)
  if dest ~= '' then
    raise(KEYS[5], at, ARGV[10], 10000, ttl)
    raise(KEYS[7], at, ARGV[10], 10000000, ttl)
  end
  if flows > 0 then
    raise(KEYS[6], flows, ARGV[10], 100000, ARGV[11])
  end
end

return {counted and 1 or 0, flows}
