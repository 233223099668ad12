-- SPDX-License-Identifier: BSD-2-Clause
-- remember_in(key, id, at, ttl, cap, anew, simple, body): members of a trace
-- (trace.lua). simple: the body is what the merge would make of it, if it is
-- the first. It mostly is, and then it is written without a look. What is
-- seldom needed is only made where it is.

local begun_at, begun

local function remember_in(key, id, at, ttl, cap, anew, simple, body)
  if at ~= begun_at then
    begun_at, begun = at, struct.pack('>I2I4', math.floor(at / 4294967296),
      at % 4294967296)
  end
  local wrote = false
  if simple and #body <= 54 then
    wrote = redis.call(anew and 'HSET' or 'HSETNX', key, id,
      struct.pack('>I4', (at + ttl) / 1000 + 1) .. begun .. body)
  end
  if anew and wrote == 0 then
    local piece = 1
    while redis.call('HDEL', key, id .. struct.pack('>I2', piece)) == 1 do
      piece = piece + 1
    end
  elseif wrote ~= 1 then
    -- here trace_merge.lua
    add_to_trace(key, id, at, ttl, cap, anew, body)
  end
  -- What is over goes when a hash has lived an eighth of its traces' time, and
  -- somebody writes: then it is given that eighth again.
  local left = redis.call('PTTL', key)
  if left >= ttl then return end
  redis.call('PEXPIRE', key, text(ttl + math.floor(ttl / 8)))
  if left >= 0 then
    -- here trace_sweep.lua
    sweep_traces(key, at)
  end
end
