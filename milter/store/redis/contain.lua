-- SPDX-License-Identifier: BSD-2-Clause
-- contain: a mailbox, until then.
-- KEYS the hash.
-- ARGV by, why, at, until (clock.lua), ttl (0: no longer).
-- Reply 1.

-- include clock.lua

redis.call('DEL', KEYS[1])
if tonumber(ARGV[5]) > 0 then
  redis.call('HSET', KEYS[1], 'by', ARGV[1], 'why', ARGV[2],
    'at', text(clock(ARGV[3])), 'until', text(clock(ARGV[4])))
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end

return 1
