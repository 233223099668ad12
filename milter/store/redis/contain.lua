-- SPDX-License-Identifier: BSD-2-Clause
-- contain: a mailbox, until then.
-- KEYS the hash.
-- ARGV by, why, at, until, ttl (0: no longer).
-- Reply 1.

redis.call('DEL', KEYS[1])
if tonumber(ARGV[5]) > 0 then
  redis.call('HSET', KEYS[1], 'by', ARGV[1], 'why', ARGV[2],
    'at', ARGV[3], 'until', ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end

return 1
