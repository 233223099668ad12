-- SPDX-License-Identifier: BSD-2-Clause
-- restore: a mailbox that was kept elsewhere, into what is known of it here.
-- Of what both know the greater stays: it may be done again.
-- KEYS mailbox, route.
-- ARGV ttl, routes at most, how many fields, {field, value}, {destination,
--   first, last, count}. The field "first" is the only one of which the smaller
--   number stays; numbers with blanks between them are compared each.
-- Reply 1.

local mailbox, route = KEYS[1], KEYS[2]
local fields = tonumber(ARGV[3])
local function numbers(text)
  local out = {}
  for number in string.gmatch(text, '%d+') do
    out[#out + 1] = tonumber(number)
  end
  return out
end

local function greater(one, other)
  local a, b, out = numbers(one), numbers(other), {}
  for i = 1, math.max(#a, #b) do
    out[i] = string.format('%.0f', math.max(a[i] or 0, b[i] or 0))
  end
  return table.concat(out, ' ')
end

for i = 4, 2 + 2 * fields, 2 do
  local old = redis.call('HGET', mailbox, ARGV[i])
  local new = ARGV[i + 1]
  if old and ARGV[i] == 'first' then
    if tonumber(old) < tonumber(new) then new = old end
  elseif old then
    new = greater(old, new)
  end
  redis.call('HSET', mailbox, ARGV[i], new)
end

for i = 4 + 2 * fields, #ARGV, 4 do
  local old = redis.call('HGET', route, ARGV[i])
  local first, last, count = ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if old then
    local was = numbers(old)
    if was[1] and was[1] < tonumber(first) then
      first = string.format('%.0f', was[1])
    end
    last = greater(string.format('%.0f', was[2] or 0), last)
    count = greater(string.format('%.0f', was[3] or 0), count)
  end
  if old or redis.call('HLEN', route) < tonumber(ARGV[2]) then
    redis.call('HSET', route, ARGV[i], first .. ' ' .. last .. ' ' .. count)
  end
end

for i = 1, 2 do
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[1]) then
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
  end
end

return 1
