-- SPDX-License-Identifier: BSD-2-Clause
-- clock(word): the time that a caller means. "-3000" and "+0" are from now by
-- the server's own clock, of which no caller's has a say; a number without a
-- sign is taken as it is. Redis before 7 lets a script that knows the time
-- write only when what it did is replicated, and not the script.
-- text(number): as Redis takes it, all digits of a time or a count.

local server_ms, clock_word, clock_at

local function clock(word)
  if word == clock_word then return clock_at end
  local at, sign = tonumber(word), string.byte(word)
  if sign == 43 or sign == 45 then
    if not server_ms then
      if redis.replicate_commands then redis.replicate_commands() end
      local now = redis.call('TIME')
      server_ms = now[1] * 1000 + math.floor(now[2] / 1000)
    end
    at = server_ms + at
  end
  clock_word, clock_at = word, at
  return at
end

local function text(number)
  return number .. ''
end
