-- SPDX-License-Identifier: BSD-2-Clause
-- append: one event, once.
-- KEYS the stream, the mark that it is there already.
-- ARGV json, events at most, ttl of the mark.
-- Reply 1 when it was added.

if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then
  return 0
end

redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*',
  'json', ARGV[1])
return 1
