-- SPDX-License-Identifier: BSD-2-Clause
-- Traces, many in one hash, so that it stays a listpack and costs little more
-- than its bytes (redis_trace.h). Under a trace's id stands its value: when it
-- is over (4 bytes, seconds), when its first members came (6 bytes,
-- milliseconds), and its members, the oldest first, each as redis_trace_pack()
-- makes it: a role, a code, and as many bytes as the code says. A byte 1
-- in the place of a role, and 6 bytes: those behind it came at that time.
-- A value that is longer than a listpack's may be goes on under the id and a
-- number, in pieces.

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
