-- SPDX-License-Identifier: BSD-2-Clause
-- recall: the members of a trace.
-- KEYS the hash in which it is.
-- ARGV at (clock.lua), id.
-- Reply what stands behind the first four bytes of it (trace.lua); empty when
--   there is none.

-- include clock.lua

local value = redis.call('HGET', KEYS[k + 1], ARGV[w + 2])
if value and #value >= 64 then
  -- here trace.lua
  value = read_trace(KEYS[k + 1], ARGV[w + 2])
end
if not value or
    struct.unpack('>I4', value) * 1000 <= clock(ARGV[w + 1]) then
  return ''
end
return string.sub(value, 5)
