-- SPDX-License-Identifier: BSD-2-Clause
-- append: one event, once.
-- KEYS the stream, the mark that it is there already.
-- ARGV json, events at most, ttl of the mark.
-- Reply 1 when it was added.

if redis.call('GET', KEYS[k + 2]) then return 0 end

-- Marked last: one that may not be added is not marked as added.
redis.call('XADD', KEYS[k + 1], 'MAXLEN', '~', ARGV[w + 2], '*',
  'json', ARGV[w + 1])
redis.call('SET', KEYS[k + 2], '1', 'PX', ARGV[w + 3])
return 1
