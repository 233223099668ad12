-- SPDX-License-Identifier: BSD-2-Clause
-- raise(key, score, member, cap, ttl): the member's score becomes the greater
-- of the old and the new; of the set the cap greatest stay, and of scores that
-- are times those that are no older than the ttl.

local function raise(key, score, member, cap, ttl)
  local old = redis.call('ZSCORE', key, member)
  if not old or tonumber(old) < tonumber(score) then
    redis.call('ZADD', key, score, member)
  end
  local left = redis.call('PTTL', key)
  if left >= 0 then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. score - ttl)
    if not old and redis.call('ZCARD', key) > tonumber(cap) then
      redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(cap))
    end
  end
  if left < ttl * 0.98 then redis.call('PEXPIRE', key, ttl) end
end
