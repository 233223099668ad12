-- SPDX-License-Identifier: BSD-2-Clause
-- The members of a trace, one by one (trace.lua): for what is not simple.

-- include moment.lua

local CUT = 'X' .. string.char(0)
local payloads = {[249] = 8, [250] = 16, [251] = 16, [252] = 4, [253] = 16}

local function moment(bytes, from)
  local high, low = struct.unpack('>I2I4', bytes, from)
  return high * 4294967296 + low
end

local function is_first(item)
  local role = string.byte(item)
  return role >= 65 and role <= 90
end

-- Where the item that begins there ends.
local function item_end(body, from)
  local code = string.byte(body, from + 1)
  if code == 248 then
    return from + 3 + struct.unpack('>I2', body, from + 2)
  end
  return from + 1 + (payloads[code] or code)
end

-- add(item, time) for each of the body's items.
local function read_items(body, from, at, add)
  while from <= #body do
    if string.byte(body, from) == 1 then
      at = moment(body, from + 1)
      from = from + 7
    else
      local last = item_end(body, from)
      add(string.sub(body, from, last), at)
      from = last + 1
    end
  end
end

local function items_bytes(items)
  if #items == 0 then return moment_bytes(0) end
  local out, at = {}, items[1].at
  for _, item in ipairs(items) do
    if item.at ~= at then
      out[#out + 1] = string.char(1) .. moment_bytes(item.at)
      at = item.at
    end
    out[#out + 1] = item.bytes
  end
  return moment_bytes(items[1].at) .. table.concat(out)
end
