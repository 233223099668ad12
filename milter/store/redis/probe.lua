-- SPDX-License-Identifier: BSD-2-Clause
-- probe: can it be written to, and may we call all that the scripts call? One
-- that lacks a right would be broken off half way, and what it had counted by
-- then would be taken for the whole.
-- KEYS a string of its own: for most commands the wrong type, which is as good
--   as a yes.
-- Reply 1, or an error.

local key = KEYS[1]
redis.call('SET', key, '1', 'PX', 1000)

local calls = {
  {'TIME'},
  {'EXISTS', key},
  {'GET', key},
  {'APPEND', key, '1'},
  {'PEXPIRE', key, 1000},
  {'PTTL', key},
  {'HDEL', key, 'a'},
  {'HGET', key, 'a'},
  {'HGETALL', key},
  {'HKEYS', key},
  {'HMGET', key, 'a'},
  {'HLEN', key},
  {'HSET', key, 'a', 1},
  {'HSETNX', key, 'a', 1},
  {'HVALS', key},
  {'XADD', key, '*', 'a', '1'},
  {'ZADD', key, 1, 'a'},
  {'ZCARD', key},
  {'ZRANGE', key, 0, 0},
  {'ZRANGEBYSCORE', key, 0, 0},
  {'ZREMRANGEBYRANK', key, 0, 0},
  {'ZREMRANGEBYSCORE', key, 0, 0},
  {'ZSCORE', key, 'a'},
}
for _, call in ipairs(calls) do
  local reply = redis.pcall(unpack(call))
  if type(reply) == 'table' and reply.err and
      not string.find(reply.err, 'WRONGTYPE', 1, true) then
    return redis.error_reply('NOPERM ' .. call[1] .. ' within a script')
  end
end
return 1
