-- SPDX-License-Identifier: BSD-2-Clause
-- sweep_traces(key, at): what is over goes.

-- include trace.lua

local function sweep_traces(key, at)
  local all, over, gone = redis.call('HGETALL', key), {}, {}
  for i = 1, #all, 2 do
    if #all[i] == ID and is_over(all[i + 1], at) then over[all[i]] = true end
  end
  if not next(over) then return end
  for i = 1, #all, 2 do
    if over[string.sub(all[i], 1, ID)] then gone[#gone + 1] = all[i] end
  end
  for i = 1, #gone, 1000 do
    redis.call('HDEL', key, unpack(gone, i, math.min(i + 999, #gone)))
  end
end
