-- SPDX-License-Identifier: BSD-2-Clause
-- remember: members of a trace set.
-- KEYS the sorted set (member -> time).
-- ARGV at, ttl, cap, members.
-- Reply 1.

for i = 4, #ARGV do
  local old = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if not old or tonumber(old) < tonumber(ARGV[1]) then
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
  end
end

redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
