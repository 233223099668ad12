-- SPDX-License-Identifier: BSD-2-Clause
-- count_forward(): what tally does for a forward.

-- include once.lua
-- include raise.lua
-- include hours.lua

local ttl = ARGV[w + 7]

-- The mailbox lives on from its last message, to a fiftieth of that time.
local function live(key)
  if redis.call('PTTL', key) < ttl * 0.98 then
    redis.call('PEXPIRE', key, ttl)
  end
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
    first .. ' ' .. last .. ' ' .. n + 1)
  if not old and redis.call('HLEN', route) > tonumber(ARGV[w + 10]) then
    local rows, stale, age = redis.call('HGETALL', route)
    for i = 1, #rows, 2 do
      local seen = tonumber(string.match(rows[i + 1], '^%d+ (%d+)'))
      if not age or seen < age then stale, age = rows[i], seen end
    end
    redis.call('HDEL', route, stale)
    raise(left, text(age), stale, 10000, ttl)
  end
  live(route)
end

-- had: what the mailbox has under the fields that change.
local function count_mailbox(had, hour_field, day_field, flows)
  local count = had[1] and string.format('%d', had[1] + 1) or '1'
  local changes = {'forwarded', count, hour_field,
    hours_with(had[2], 2, ARGV[w + 3] == '1')}
  local function change(field, value)
    changes[#changes + 1] = field
    changes[#changes + 1] = value
  end
  if not had[3] or time < tonumber(had[3]) then change('first', text(time)) end
  if not had[4] or time > tonumber(had[4]) then change('last', text(time)) end
  change(day_field, string.format('%d', flows))
  redis.call('HSET', mailbox, unpack(changes))
end

local function count_forward()
  local hour = math.floor(time / 3600000)
  local today = math.floor(hour / 24)
  local hour_field, day_field = 'h:' .. hour, 'd:' .. today
  local had = redis.call('HMGET', mailbox, what, hour_field, 'first', 'last',
    day_field)
  local flows = tonumber(had[5] or 0)
  local counted = ARGV[w + 4] == '' or once(KEYS[k + 2], ARGV[w + 4], time,
    ARGV[w + 6], ARGV[w + 5])
  if counted then
    -- here prune.lua
    if had[1] and not had[2] then prune(mailbox, '^h:(%d+)$', hour - 23) end
    flows = flows + 1
    if flows == 1 then prune(mailbox, '^d:(%d+)$', today - 7) end
    count_mailbox(had, hour_field, day_field, flows)
    if ARGV[w + 9] ~= '' then count_route(ARGV[w + 9]) end
    live(mailbox)
  end
  if keys == 7 then
    local at = text(time)
    if ARGV[w + 9] ~= '' then
      raise(KEYS[k + 5], at, ARGV[w + 11], 10000, ttl)
      raise(KEYS[k + 7], at, ARGV[w + 11], 10000000, ttl)
    end
    if flows > 0 then
      raise(KEYS[k + 6], text(flows), ARGV[w + 11], 100000, ARGV[w + 12])
    end
  end
  return {counted and 1 or 0, flows}
end
