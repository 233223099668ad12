-- SPDX-License-Identifier: BSD-2-Clause
-- once(key, text, at, ttl, most): was it not there yet? Each text leaves a
-- print of 8 bytes. There are two generations of them: when the younger one is
-- ttl old, or has as many prints as it may, it becomes the elder, which goes.
-- So a print lives ttl at least (as long as no more come than most), twice
-- that at most. The value: a byte 1, when the younger generation began (4
-- bytes, seconds), how many prints the elder has (2 bytes), and the prints,
-- the eldest first. Versions before had prints of 16 hex digits and no more.

-- include live.lua

local ONCE_HEAD, PRINT = 7, 8

local function print_of(text)
  local hex = redis.sha1hex(text)
  return struct.pack('>I4I4', tonumber(string.sub(hex, 1, 8), 16),
    tonumber(string.sub(hex, 9, 16), 16))
end

local function once_head(at, elder)
  return string.char(1) .. struct.pack('>I4I2', math.floor(at / 1000), elder)
end

local function prints_of_before(seen, at)
  local prints = string.gsub(seen, '%x%x', function(hex)
    return string.char(tonumber(hex, 16))
  end)
  return once_head(at, 0) .. prints
end

local function next_generation(seen, at, ttl, most)
  local begin, elder = struct.unpack('>I4I2', seen, 2)
  local younger = (#seen - ONCE_HEAD) / PRINT - elder
  local age = at - begin * 1000
  if age < ttl and younger < most then return seen end
  if age >= 2 * ttl then younger = 0 end
  younger = math.min(younger, most)
  return once_head(at, younger) .. string.sub(seen, #seen - younger * PRINT + 1)
end

local function has_print(seen, print)
  local p = string.find(seen, print, ONCE_HEAD + 1, true)
  while p and (p - 1 - ONCE_HEAD) % PRINT ~= 0 do
    p = string.find(seen, print, p + 1, true)
  end
  return p ~= nil
end

local function once(key, text, at, ttl, most)
  local print, had = print_of(text), redis.call('GET', key)
  local seen = had or once_head(at, 0)
  if string.byte(seen) ~= 1 then seen = prints_of_before(seen, at) end
  seen = next_generation(seen, at, ttl, most)
  if has_print(seen, print) then return false end
  if seen == had and #seen > 512 then
    redis.call('APPEND', key, print)
    live_on(key, ttl, ttl + math.floor(ttl / 8))
  else
    redis.call('SET', key, seen .. print, 'PX', ttl)
  end
  return true
end
