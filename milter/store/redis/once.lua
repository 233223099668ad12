-- SPDX-License-Identifier: BSD-2-Clause
-- once(key, print, at, ttl, most): was this print of 8 bytes not there yet?
-- There are two generations of them: when the younger one is ttl old, or has
-- as many prints as it may, it becomes the elder, which goes. So a print lives
-- ttl at least (as long as no more come than most), twice that at most. The
-- value: a byte 1, when the younger generation began (4 bytes, seconds), how
-- many prints the elder has (2 bytes), and the prints, the eldest first. What
-- begins with another byte is of an earlier version, whose prints mean nothing.

local function once(key, print, at, lives, most)
  local had = redis.call('GET', key)
  if not had or string.byte(had) ~= 1 then
    redis.call('SET', key, struct.pack('>BI4I2', 1, math.floor(at / 1000), 0) ..
      print, 'PX', lives)
    return true
  end
  local HEAD, PRINT, ttl = 7, 8, tonumber(lives)
  most = tonumber(most)
  local p = string.find(had, print, HEAD + 1, true)
  while p and (p - 1 - HEAD) % PRINT ~= 0 do
    p = string.find(had, print, p + 1, true)
  end
  local since, elder = struct.unpack('>I4I2', had, 2)
  local younger = (#had - HEAD) / PRINT - elder
  local age = at - since * 1000
  if age < ttl and younger < most then
    if p then return false end
    if #had > 512 then
      redis.call('APPEND', key, print)
      if redis.call('PTTL', key) < ttl then
        redis.call('PEXPIRE', key, ttl + math.floor(ttl / 8))
      end
    else
      redis.call('SET', key, had .. print, 'PX', lives)
    end
    return true
  end
  younger = age < 2 * ttl and math.min(younger, most) or 0
  if p and p > #had - younger * PRINT then return false end
  redis.call('SET', key,
    struct.pack('>BI4I2', 1, math.floor(at / 1000), younger) ..
    string.sub(had, #had - younger * PRINT + 1) .. print, 'PX', lives)
  return true
end
