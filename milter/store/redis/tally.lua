-- SPDX-License-Identifier: BSD-2-Clause
-- tally: counts one message of a mailbox, once for each identity.
-- KEYS mailbox, once; of one that is received, peers, if it has authors; of a
--   forward also route, left; and, but for a cluster, dest, top, routed.
-- ARGV at (clock.lua), what, keyword (0 or 1), the identity's print (once.lua;
--   empty: count it), prints at most, ttl of once, ttl of mailbox and route, ttl
--   of a mailbox that only receives; the authors' fields (redis_peer.h), one
--   behind the other; of a forward instead destination, routes at most, mailbox,
--   ttl of top.
-- Reply {counted, flows of the mailbox that day}.

-- include clock.lua

local mailbox, time, what = KEYS[k + 1], clock(ARGV[w + 1]), ARGV[w + 2]
if what == 'received' then
  -- here received.lua
  return {count_received(k, time, ARGV[w + 4], ARGV[w + 3] == '1',
    keys == 3 and ARGV[w + 9] or '', ARGV[w + 5], ARGV[w + 6], ARGV[w + 7],
    ARGV[w + 8]) and 1 or 0, 0}
elseif what == 'forwarded' then
  -- here forwarded.lua
  return count_forward()
end

local old = redis.call('HGET', mailbox, what)
if ARGV[w + 4] ~= '' then
  -- here once.lua
  if not once(KEYS[k + 2], ARGV[w + 4], time, ARGV[w + 6], ARGV[w + 5]) then
    return {0, 0}
  end
end
if what ~= 'person' then
  redis.call('HSET', mailbox, what,
    old and string.format('%d', old + 1) or '1')
elseif not old then
  redis.call('HSET', mailbox, what, '1')
end

-- The mailbox lives on from its last message, to a fiftieth of that time.
if redis.call('PTTL', mailbox) < ARGV[w + 7] * 0.98 then
  redis.call('PEXPIRE', mailbox, ARGV[w + 7])
end
return {1, 0}
