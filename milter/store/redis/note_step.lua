-- SPDX-License-Identifier: BSD-2-Clause
-- step(win, since, number, steps): one step of an ordered sequence (note.h).

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
  answer(1, before, count, count > before and 1 or 0, '0')
end
