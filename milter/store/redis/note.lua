-- SPDX-License-Identifier: BSD-2-Clause
-- note: sliding sets, in order.
-- KEYS for each note: the sorted set (member -> time); of a sum behind it the
--   hash of values (member -> value).
-- ARGV at (clock.lua), how many notes; for each: member; and in one word 0 for a
--   count, 1 for a sum, 2 for a step (1 byte), window (6), cap (4), step, steps,
--   the number of the note it waits for, from 1, 0: none (2 each), least (4);
--   behind that, of a sum, the value as text.
-- Reply for each note, one behind the other: done, before, count, fresh, sum as
--   text.

-- include clock.lua

local at, out, answers = clock(ARGV[w + 1]), {}, 0
local at_text = text(at)

local function answer(done, before, count, fresh, sum)
  out[answers + 1], out[answers + 2], out[answers + 3], out[answers + 4],
    out[answers + 5] = done, before, count, fresh, sum
  answers = answers + 5
end

local function count(win, name, since, cap)
  local before = redis.call('ZCARD', win)
  if before > 0 then
    before = before - redis.call('ZREMRANGEBYSCORE', win, '-inf',
      '(' .. text(since))
  end
  local old = before > 0 and redis.call('ZSCORE', win, name)
  if not old or tonumber(old) < at then
    redis.call('ZADD', win, at_text, name)
  end
  local after = before + (old and 0 or 1)
  if after > cap then
    redis.call('ZREMRANGEBYRANK', win, 0, after - cap - 1)
    after = cap
  end
  answer(1, before, after, old and 0 or 1, '0')
end

local key = k
for note = 1, tonumber(ARGV[w + 2]) do
  local word = w + 2 * note + 2
  local mode, high, low, cap, number, steps, waits, least =
    struct.unpack('>BI2I4I4I2I2I2I4', ARGV[word])
  local win, window = KEYS[key + 1], high * 4294967296 + low
  local prior = waits * 5 - 4
  if waits > 0 and not (prior <= answers and out[prior] == 1 and
      out[prior + 2] >= least) then
    answer(0, 0, 0, 0, '0')
  else
    local lives = text(window + 60000)
    if mode == 0 then
      count(win, ARGV[word - 1], at - window, cap)
    elseif mode == 1 then
      -- here note_sum.lua
      sum(win, KEYS[key + 2], ARGV[word - 1], at - window, cap,
        string.sub(ARGV[word], 22))
      redis.call('PEXPIRE', KEYS[key + 2], lives)
    else
      -- here note_step.lua
      step(win, at - window, number, steps)
    end
    redis.call('PEXPIRE', win, lives)
  end
  key = key + (mode == 1 and 2 or 1)
end

return out
