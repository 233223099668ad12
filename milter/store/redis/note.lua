-- SPDX-License-Identifier: BSD-2-Clause
-- note: sliding sets, in order.
-- KEYS for each note: the sorted set (member -> time), the hash of values
--   (member -> value; touched by sums only).
-- ARGV at (clock.lua); for each note: count|sum|step, member, window, cap,
--   value, step, steps, after (number of the note it waits for, from 0; -1:
--   none), least.
-- Reply for each note: {done, before, count, fresh, sum as text}.

-- include clock.lua

local at = clock(ARGV[w + 1])
local out = {}
local function drop(val, members)
  for i = 1, #members, 1000 do
    redis.call('HDEL', val,
      unpack(members, i, math.min(i + 999, #members)))
  end
end

local function reached(begin, steps, since)
  local n = 0
  while n < steps and begin[n] and begin[n] >= since do
    n = n + 1
  end
  return n
end

local function step(win, since, number, steps)
  local rows = redis.call('ZRANGE', win, 0, -1, 'WITHSCORES')
  local begin = {}
  for i = 1, #rows, 2 do
    begin[tonumber(rows[i])] = tonumber(rows[i + 1])
  end
  local before = reached(begin, steps, since)
  local from = at
  if number > 0 then from = begin[number - 1] end
  if from and (not begin[number] or begin[number] < from) then
    redis.call('ZADD', win, text(from), number)
    begin[number] = from
  end
  local count = reached(begin, steps, since)
  return {1, before, count, count > before and 1 or 0, '0'}
end

local function member(win, val, name, since, cap, value)
  local bound = '(' .. text(since)
  if value then
    drop(val, redis.call('ZRANGEBYSCORE', win, '-inf', bound))
  end
  local before = redis.call('ZCARD', win)
  if before > 0 then
    before = before - redis.call('ZREMRANGEBYSCORE', win, '-inf', bound)
  end
  local old = before > 0 and redis.call('ZSCORE', win, name)
  if not old or tonumber(old) < at then
    redis.call('ZADD', win, text(at), name)
  end
  if value then redis.call('HSET', val, name, value) end
  local count = before + (old and 0 or 1)
  if count > cap then
    if value then
      drop(val, redis.call('ZRANGE', win, 0, count - cap - 1))
    end
    redis.call('ZREMRANGEBYRANK', win, 0, count - cap - 1)
    count = cap
  end
  local sum = '0'
  if value then
    sum = 0
    for _, v in ipairs(redis.call('HVALS', val)) do
      sum = sum + tonumber(v)
    end
    sum = string.format('%.17g', sum)
  end
  return {1, before, count, old and 0 or 1, sum}
end

for i = 1, keys / 2 do
  local a = w + 2 + (i - 1) * 9
  local win, val = KEYS[k + 2 * i - 1], KEYS[k + 2 * i]
  local window = tonumber(ARGV[a + 2])
  local after = tonumber(ARGV[a + 7])
  local prior = out[after + 1]
  if after >= 0 and not (prior and prior[1] == 1 and
      prior[3] >= tonumber(ARGV[a + 8])) then
    out[i] = {0, 0, 0, 0, '0'}
  else
    if ARGV[a] == 'step' then
      out[i] = step(win, at - window, tonumber(ARGV[a + 5]),
        tonumber(ARGV[a + 6]))
    else
      out[i] = member(win, val, ARGV[a + 1], at - window,
        tonumber(ARGV[a + 3]),
        ARGV[a] == 'sum' and ARGV[a + 4] or nil)
    end
    redis.call('PEXPIRE', win, window + 60000)
    if ARGV[a] == 'sum' then
      redis.call('PEXPIRE', val, window + 60000)
    end
  end
end

return out
