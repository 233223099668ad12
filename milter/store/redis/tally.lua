-- SPDX-License-Identifier: BSD-2-Clause
-- tally: counts one message of a mailbox, once for each identity.
-- KEYS mailbox, once; of one that is received, peers, if it has authors; of a
--   forward also route, left; and, but for a cluster, dest, top, routed.
-- ARGV at (clock.lua), what, keyword (0 or 1), the identity's print (once.lua;
--   empty: count it), prints at most, ttl of once, ttl of mailbox and route, ttl
--   of a mailbox that only receives; the authors' fields (redis_peer.h), one
--   behind the other; of a forward instead destination, routes at most, mailbox,
--   ttl of top.
-- Reply {counted, flows of the mailbox that day}.

-- include clock.lua
-- include live.lua
-- include once.lua
-- include raise.lua

local mailbox, time, what = KEYS[k + 1], clock(ARGV[w + 1]), ARGV[w + 2]
local ttl = tonumber(ARGV[w + 7])
local hour = math.floor(time / 3600000)
local today = math.floor(hour / 24)
local hour_field = string.format('h:%d', hour)
local day_field = string.format('d:%d', today)
local had = redis.call('HMGET', mailbox, what, hour_field, 'first', 'person',
  'last', day_field)
local flows = tonumber(had[6] or 0)
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

local function more(number)
  return string.format('%d', number + 1)
end

local function count_hour(column)
  local n = {string.match(had[2] or '0 0 0 0',
    '^(%d+) (%d+) (%d+) (%d+)$')}
  if had[1] and not had[2] then prune('^h:(%d+)$', hour - 23) end
  n[column] = more(n[column])
  if ARGV[w + 3] == '1' then n[column + 2] = more(n[column + 2]) end
  change(hour_field, table.concat(n, ' '))
end

-- Of those to whom the mailbox writes: they write back.
local function count_back()
  local peers, fields = KEYS[k + 3], ARGV[w + 9]
  for at = 1, #fields, 8 do
    local field = string.sub(fields, at, at + 7)
    local old = redis.call('HGET', peers, field)
    local got = old and struct.unpack('>I2', old, 3)
    if got and got < 65535 then
      redis.call('HSET', peers, field, string.sub(old, 1, 2) ..
        struct.pack('>I2', got + 1) .. string.sub(old, 5))
    end
  end
end

-- The mailbox lives on from its last message, to a fiftieth of that time.
local function live(key, long)
  live_on(key, long - math.floor(long / 50), long)
end

local function count_route(dest)
  local route, left = KEYS[k + 3], KEYS[k + 4]
  local old, at = redis.call('HGET', route, dest), text(time)
  local first, last, n = at, at, 0
  if old then
    first, last, n = string.match(old, '^(%d+) (%d+) (%d+)$')
    if time > tonumber(last) then last = at end
    if time < tonumber(first) then first = at end
  end
  redis.call('HSET', route, dest,
    first .. ' ' .. last .. ' ' .. text(n + 1))
  if not old and redis.call('HLEN', route) > tonumber(ARGV[w + 10]) then
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
  if not had[3] or time < tonumber(had[3]) then change('first', text(time)) end
  if not had[5] or time > tonumber(had[5]) then change('last', text(time)) end
  flows = flows + 1
  change(day_field, string.format('%d', flows))
  if flows == 1 then prune('^d:(%d+)$', today - 7) end
  if ARGV[w + 9] ~= '' then count_route(ARGV[w + 9]) end
end

local counted = ARGV[w + 4] == '' or once(KEYS[k + 2], ARGV[w + 4], time,
  ARGV[w + 6], tonumber(ARGV[w + 5]))
if counted then
  if what ~= 'person' then
    change(what, more(had[1] or 0))
  elseif not had[4] then
    change(what, '1')
  end
  if what == 'received' then
    count_hour(1)
    if had[4] then
      change('arrived', text(time))
      if keys == 3 then count_back() end
    end
  elseif what == 'forwarded' then
    count_hour(2)
    count_forward()
  end
  if #changes > 0 then redis.call('HSET', mailbox, unpack(changes)) end
  if what == 'received' and not had[3] and not had[4] then
    live(mailbox, tonumber(ARGV[w + 8]))
  else
    live(mailbox, ttl)
  end
end

if what == 'forwarded' and keys == 7 then
  local at = text(time)
  if ARGV[w + 9] ~= '' then
    raise(KEYS[k + 5], at, ARGV[w + 11], 10000, ttl)
    raise(KEYS[k + 7], at, ARGV[w + 11], 10000000, ttl)
  end
  if flows > 0 then
    raise(KEYS[k + 6], flows, ARGV[w + 11], 100000, ARGV[w + 12])
  end
end

return {counted and 1 or 0, flows}
