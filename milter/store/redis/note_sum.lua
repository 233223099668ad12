-- SPDX-License-Identifier: BSD-2-Clause
-- sum(win, val, name, since, cap, value): a count whose members have values,
-- which go with them.

local function drop(val, members)
  for i = 1, #members, 1000 do
    local last = math.min(i + 999, #members)
    redis.call('HDEL', val, unpack(members, i, last))
  end
end

local function sum(win, val, name, since, cap, value)
  local bound = '(' .. text(since)
  drop(val, redis.call('ZRANGEBYSCORE', win, '-inf', bound))
  redis.call('ZREMRANGEBYSCORE', win, '-inf', bound)
  local before = redis.call('ZCARD', win)
  local old = redis.call('ZSCORE', win, name)
  if not old or tonumber(old) < at then
    redis.call('ZADD', win, at_text, name)
  end
  redis.call('HSET', val, name, value)
  local after = before + (old and 0 or 1)
  if after > cap then
    drop(val, redis.call('ZRANGE', win, 0, after - cap - 1))
    redis.call('ZREMRANGEBYRANK', win, 0, after - cap - 1)
    after = cap
  end
  local total = 0
  for _, v in ipairs(redis.call('HVALS', val)) do
    total = total + tonumber(v)
  end
  answer(1, before, after, old and 0 or 1, string.format('%.17g', total))
end
