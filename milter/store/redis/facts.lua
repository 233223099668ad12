-- SPDX-License-Identifier: BSD-2-Clause
-- facts: what is known of a mailbox and of its way to a destination.
-- KEYS mailbox, route, contain.
-- ARGV destination, at (clock.lua).
-- Reply {known, count, first, last, received, forwarded, and both with a
--   keyword (24 hours), forwarded (this hour), contained, person}.

-- include clock.lua

local mailbox = redis.call('HGETALL', KEYS[k + 1])
local at = clock(ARGV[w + 2])
local now = math.floor(at / 3600000)
local sum, hour, person = {0, 0, 0, 0}, 0, 0
for i = 1, #mailbox, 2 do
  if mailbox[i] == 'person' then person = 1 end
  local h = string.byte(mailbox[i], 2) == 58 and
    string.match(mailbox[i], '^h:(%d+)$')
  if h and tonumber(h) > now - 24 then
    local n = 0
    for v in string.gmatch(mailbox[i + 1], '%d+') do
      n = n + 1
      sum[n] = sum[n] + tonumber(v)
      if n == 2 and tonumber(h) == now then hour = tonumber(v) end
    end
  end
end

local route = redis.call('HGET', KEYS[k + 2], ARGV[w + 1]) or '0 0 0'
local first, last, count = string.match(route, '^(%d+) (%d+) (%d+)$')
local till = redis.call('HGET', KEYS[k + 3], 'until')
return {#mailbox > 0 and 1 or 0, tonumber(count), tonumber(first),
  tonumber(last), sum[1], sum[2], sum[3], sum[4], hour,
  till and tonumber(till) > at and 1 or 0, person}
