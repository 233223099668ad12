-- SPDX-License-Identifier: BSD-2-Clause
-- Traces, many in one hash, so that it stays a listpack and costs little more
-- than its bytes (redis_trace.h). Under a trace's id stands its value: when it
-- is over (4 bytes, seconds), when its first members came (6 bytes,
-- milliseconds), and its members, the oldest first, each as redis_trace_pack()
-- makes it: a role, a code, and as many bytes as the code says. A byte 1
-- in the place of a role, and 6 bytes: those behind it came at that time.
-- A value that is longer than a listpack's may be goes on under the id and a
-- number, in pieces.

-- include moment.lua

local ID, PIECE = 8, 64

local function is_over(value, at)
  return struct.unpack('>I4', value) * 1000 <= at
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

-- What is over goes when a hash has lived an eighth of its traces' time, and
-- somebody writes: then it is given that eighth again.
local function live_and_sweep(key, at, ttl)
  local left = redis.call('PTTL', key)
  if left >= ttl then return end
  redis.call('PEXPIRE', key, ttl + math.floor(ttl / 8))
  if left < 0 then return end
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

-- The members of both, the oldest first: at most cap, of which those of
-- capital roles are of the first alone, and fill no more than a half.
local function merge(old, body, at, cap)
-- include trace_items.lua
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

local function over_bytes(at, ttl)
  return struct.pack('>I4', math.floor((at + ttl) / 1000) + 1)
end

local function add_to_trace(key, id, at, ttl, cap, anew, body)
  local old, pieces = read_trace(key, id)
  local over = over_bytes(at, ttl)
  if old and (anew or is_over(old, at)) then old = nil end
  if old and struct.unpack('>I4', old) > struct.unpack('>I4', over) then
    over = string.sub(old, 1, 4)
  end
  write_trace(key, id, over .. merge(old, body, at, tonumber(cap)), pieces)
end

-- simple: the body is what the merge would make of it, if it is the first. It
-- mostly is, and then it is written without a look.
local function remember(key, id, at, ttl, cap, anew, simple, body)
  local value = over_bytes(at, ttl) .. moment_bytes(at) .. body
  local wrote = simple and #value <= PIECE and
    redis.call(anew and 'HSET' or 'HSETNX', key, id, value)
  if anew and wrote == 0 then
    local piece = 1
    while redis.call('HDEL', key, piece_id(id, piece)) == 1 do
      piece = piece + 1
    end
  elseif wrote ~= 1 then
    add_to_trace(key, id, at, ttl, cap, anew, body)
  end
  live_and_sweep(key, at, ttl)
end

-- What of it is behind the first four bytes; empty when there is none.
local function recall(key, id, at)
  local value = read_trace(key, id)
  if not value or is_over(value, at) then return '' end
  return string.sub(value, 5)
end
