-- SPDX-License-Identifier: BSD-2-Clause
-- raise(key, score, member, cap, ttl): the member's score becomes the greater
-- of the old and the new; of the set the cap greatest stay, and of scores that
-- are times those that are no older than the ttl.

-- include live.lua

local function raise(key, score, member, cap, ttl)
  local old = redis.call('ZSCORE', key, member)
  if not old or tonumber(old) < tonumber(score) then
    redis.call('ZADD', key, score, member)
  end
  local count = not old and redis.call('ZCARD', key)
  if count == 1 then
    redis.call('PEXPIRE', key, ttl)
    return
  end
  redis.call('ZREMRANGEBYSCORE', key, '-inf',
    string.format('(%.0f', tonumber(score) - tonumber(ttl)))
  if count and count > tonumber(cap) then
    redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(cap))
  end
  live_on(key, ttl - math.floor(ttl / 50), ttl)
end
