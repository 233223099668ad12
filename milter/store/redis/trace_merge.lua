-- SPDX-License-Identifier: BSD-2-Clause
-- add_to_trace(key, id, at, ttl, cap, anew, body): what came under an id that
-- has a trace already, or whose order is not yet what it must be.

-- include trace.lua
-- include trace_items.lua

-- The members of both, the oldest first: at most cap, of which those of
-- capital roles are of the first alone, and fill no more than a half.
local function merge(old, body, at, cap)
  local items, index, puts, firsts, cut = {}, {}, 0, 0, false
  local function put(bytes, time)
    local item = index[bytes] or {bytes = bytes, at = time}
    if not index[bytes] then items[#items + 1] = item end
    index[bytes] = item
    puts = puts + 1
    item.at, item.number = math.max(item.at, time), puts
  end
  if old then read_items(old, 11, moment(old, 5), put) end
  read_items(body, 1, at, function(bytes, time)
    if bytes == CUT then
      cut = true
    elseif not is_first(bytes) then
      put(bytes, time)
    elseif not old and firsts < math.floor(cap / 2) then
      put(bytes, time)
      firsts = firsts + 1
    elseif not old then
      cut = true
    end
  end)
  if (cut or #items > cap) and not index[CUT] then put(CUT, at) end
  table.sort(items, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.number < b.number
  end)
  local over, kept = #items - cap, {}
  for _, item in ipairs(items) do
    if over > 0 and not is_first(item.bytes) then
      over = over - 1
    else
      kept[#kept + 1] = item
    end
  end
  return items_bytes(kept)
end

local function add_to_trace(key, id, at, ttl, cap, anew, body)
  local old, pieces = read_trace(key, id)
  local over = struct.pack('>I4', math.floor((at + ttl) / 1000) + 1)
  if old and (anew or is_over(old, at)) then old = nil end
  if old and struct.unpack('>I4', old) > struct.unpack('>I4', over) then
    over = string.sub(old, 1, 4)
  end
  write_trace(key, id, over .. merge(old, body, at, cap), pieces)
end
