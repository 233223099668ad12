-- SPDX-License-Identifier: BSD-2-Clause
-- Traces, many in one hash, so that it stays a listpack and costs little more
-- than its bytes (redis_trace.h). Under a trace's id stands its value: when it
-- is over (4 bytes, seconds), when its first members came (6 bytes,
-- milliseconds), and its members, the oldest first, each as redis_trace_pack()
-- makes it: a role, a code, and as many bytes as the code says. A byte 1
-- in the place of a role, and 6 bytes: those behind it came at that time.
-- A value that is longer than a listpack's may be goes on under the id and a
-- number, in pieces.

-- include live.lua

local ID, PIECE = 8, 64
local CUT = 'X' .. string.char(0)
local payloads = {[249] = 8, [250] = 16, [251] = 16, [252] = 4, [253] = 16}

local function moment(bytes, from)
  local high, low = struct.unpack('>I2I4', bytes, from)
  return high * 4294967296 + low
end

local function moment_bytes(ms)
  return struct.pack('>I2I4', math.floor(ms / 4294967296), ms % 4294967296)
end

local function is_over(value, at)
  return struct.unpack('>I4', value) * 1000 <= at
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

local function piece_id(id, number)
  return number == 0 and id or id .. struct.pack('>I2', number)
end

-- The value, or nil, and how many pieces it has.
local function read_trace(key, id)
  local piece = redis.call('HGET', key, id)
  if not piece or #piece < PIECE then return piece, piece and 1 or 0 end
  local pieces = {}
  while piece do
    pieces[#pieces + 1] = piece
    piece = #piece == PIECE and
      redis.call('HGET', key, piece_id(id, #pieces))
  end
  return table.concat(pieces), #pieces
end

local function drop_fields(key, fields)
  for i = 1, #fields, 1000 do
    redis.call('HDEL', key,
      unpack(fields, i, math.min(i + 999, #fields)))
  end
end

-- In the place of one that had so many pieces; an empty one goes.
local function write_trace(key, id, value, pieces)
  local count = 0
  for i = 1, #value, PIECE do
    redis.call('HSET', key, piece_id(id, count),
      string.sub(value, i, i + PIECE - 1))
    count = count + 1
  end
  for i = count, pieces - 1 do
    redis.call('HDEL', key, piece_id(id, i))
  end
end

-- What is over goes when somebody writes, the more seldom the more there is,
-- so that the price of a write stays the same. Whose turn it is to pay it, the
-- id tells.
local function sweep(key, id, at)
  local count = redis.call('HLEN', key)
  if string.byte(id) * math.max(count, 32) >= 256 * 8 then return end
  local all, over, gone = redis.call('HGETALL', key), {}, {}
  for i = 1, #all, 2 do
    if #all[i] == ID and is_over(all[i + 1], at) then over[all[i]] = true end
  end
  for i = 1, #all, 2 do
    if over[string.sub(all[i], 1, ID)] then gone[#gone + 1] = all[i] end
  end
  drop_fields(key, gone)
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

-- simple: the body is what the merge would make of it, if it is the first.
local function remember(key, id, at, ttl, cap, anew, simple, body)
  local old, pieces = read_trace(key, id)
  local over = math.floor((at + ttl) / 1000) + 1
  if old and (anew or is_over(old, at)) then old = nil end
  if old then over = math.max(over, (struct.unpack('>I4', old))) end
  local members = (old or not simple) and merge(old, body, at, cap) or
    moment_bytes(at) .. body
  write_trace(key, id, struct.pack('>I4', over) .. members, pieces)
  live_on(key, ttl, ttl + math.floor(ttl / 8))
  sweep(key, id, at)
end

-- What of it is behind the first four bytes; empty when there is none.
local function recall(key, id, at)
  local value = read_trace(key, id)
  if not value or is_over(value, at) then return '' end
  return string.sub(value, 5)
end
