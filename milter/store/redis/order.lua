-- SPDX-License-Identifier: BSD-2-Clause
-- order: one order, until then, or its end; "version" tells who looks that some
-- changed. An end is kept as "-" and a digest, as long as the order would have
-- been: who did not hear of it must not bring the order back.
-- KEYS the hash of all orders.
-- ARGV what it is about, the field of its end, by, why, at, until (clock.lua),
--   "give" or "end"; "kept": a word that is as new stands; now.
-- Reply 1; 0: the word that is there stands.

-- include clock.lua

local function said(field)
  local at, till = string.match(redis.call('HGET', KEYS[1], field) or '',
    '^(%d+) (%d+)')
  return tonumber(at or 0), tonumber(till or 0)
end

local at, till = clock(ARGV[5]), clock(ARGV[6])
local given, given_till = said(ARGV[1])
local over, over_till = said(ARGV[2])
local newest = math.max(given, over)
if ARGV[8] == 'kept' then
  if newest >= at then return 0 end
else
  at = math.max(at, newest + 1)
end

redis.call('HDEL', KEYS[1], ARGV[1], ARGV[2])
if ARGV[7] == 'give' then
  redis.call('HSET', KEYS[1], ARGV[1], text(at) .. ' ' .. text(till) .. ' ' ..
    #ARGV[3] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
else
  redis.call('HSET', KEYS[1], ARGV[2], text(at) .. ' ' ..
    text(math.max(given_till, over_till, at + 3600000)))
end

local now = clock(ARGV[9])
local all = redis.call('HGETALL', KEYS[1])
local version = 0
for i = 1, #all, 2 do
  if all[i] == 'version' then
    version = tonumber(all[i + 1])
  elseif tonumber(string.match(all[i + 1], '^%d+ (%d+)') or 0) <= now then
    redis.call('HDEL', KEYS[1], all[i])
  end
end
redis.call('HSET', KEYS[1], 'version', text(math.max(now, version + 1)))

return 1
