-- SPDX-License-Identifier: BSD-2-Clause
-- live_on(key, least, ttl): where the key has less than the one to live, it
-- gets the other. To ask costs a third of what it costs to set; and for what is
-- text already Redis need not print a number.

local function live_on(key, least, ttl)
  if redis.call('PTTL', key) < least then
    redis.call('PEXPIRE', key, ttl .. '')
  end
end
