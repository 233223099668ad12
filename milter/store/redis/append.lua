-- SPDX-License-Identifier: BSD-2-Clause
-- append: one event, once.
-- KEYS the stream, the mark that it is there already.
-- ARGV json, events at most, ttl of the mark.
-- Reply 1 when it was added.

if redis.call('GET', KEYS[2]) then return 0 end

-- Marked last: one that may not be added is not marked as added.
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*',
  'json', ARGV[1])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
return 1
