-- SPDX-License-Identifier: BSD-2-Clause
-- forget: takes members out of all traces of some hashes.
-- KEYS the hashes.
-- ARGV the name that they share; the members, as they stand in a trace.
-- Reply how often they were there.

-- include trace_items.lua
-- include trace.lua

local wiped, unwanted = 0, {}
for i = 2, #ARGV do unwanted[ARGV[i]] = true end

local function without(key, id, value, pieces)
  local items, before = {}, wiped
  read_items(value, 11, moment(value, 5), function(bytes, at)
    if unwanted[bytes] then
      wiped = wiped + 1
    else
      items[#items + 1] = {bytes = bytes, at = at}
    end
  end)
  if wiped == before then return end
  write_trace(key, id, #items > 0 and
    string.sub(value, 1, 4) .. items_bytes(items) or '', pieces)
end

local function look(key)
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local id, value, pieces = all[i], all[i + 1], 1
    if #id == ID then
      if #value == PIECE then value, pieces = read_trace(key, id) end
      if string.find(value, ARGV[1], 11, true) then
        without(key, id, value, pieces)
      end
    end
  end
end

-- Where there are few traces most hashes are not there.
if redis.call('EXISTS', unpack(KEYS)) == 0 then return 0 end
for i = 1, #KEYS do look(KEYS[i]) end
return wiped
