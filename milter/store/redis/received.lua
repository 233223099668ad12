-- SPDX-License-Identifier: BSD-2-Clause
-- count_received(k, at, print, keyword, authors, most, lives, ttl, short): one
-- message for the mailbox of those keys: box, once and, if there are authors,
-- peers. print, most and lives as once.lua has them (no print: count it); ttl
-- and short as tally.lua does. Was it counted?
-- Most mail is this: what is seldom needed is only made where it is, and what is
-- a number for Redis alone stays text.

-- include once.lua

local function count_received(k, at, print, keyword, authors, most, lives, ttl,
    short)
  local mailbox, hour = KEYS[k + 1], math.floor(at / 3600000)
  local field = 'h:' .. hour
  local had = redis.call('HMGET', mailbox, 'received', field, 'person')
  if print ~= '' and not once(KEYS[k + 2], print, at, lives, most) then
    return false
  end
  local count, sums, person = had[1], had[2], had[3]
  if sums then
    -- here hours.lua
    sums = hours_with(sums, 1, keyword)
  else
    sums = keyword and '1 0 1 0' or '1 0 0 0'
    if count then
      -- here prune.lua
      prune(mailbox, '^h:(%d+)$', hour - 23)
    end
  end
  count = count and string.format('%d', count + 1) or '1'
  if person then
    redis.call('HSET', mailbox, 'received', count, field, sums, 'arrived',
      text(at))
  else
    redis.call('HSET', mailbox, 'received', count, field, sums)
  end
  -- The mailbox lives on from its last message, to a fiftieth of that time.
  local left, long = redis.call('PTTL', mailbox), short
  if person or left > tonumber(short) or
      left < short * 0.98 and redis.call('HGET', mailbox, 'first') then
    long = ttl
  end
  if left < long * 0.98 then redis.call('PEXPIRE', mailbox, long) end
  if not person then return true end

  -- Of those to whom the mailbox writes: they write back.
  local peers = KEYS[k + 3]
  for from = 1, #authors, 8 do
    local peer = string.sub(authors, from, from + 7)
    local old = redis.call('HGET', peers, peer)
    local got = old and struct.unpack('>I2', old, 3)
    if got and got < 65535 then
      redis.call('HSET', peers, peer, string.sub(old, 1, 2) ..
        struct.pack('>I2', got + 1) .. string.sub(old, 5))
    end
  end
  return true
end
