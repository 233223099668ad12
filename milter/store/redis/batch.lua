-- SPDX-License-Identifier: BSD-2-Clause
-- batch: several of the scripts beside this one, in their order, so that a
-- message costs one call.
-- KEYS those of all, behind each other.
-- ARGV of each: its letter (below; 1 byte), how many keys and how many words it
--   has (2 each), all in one word; then the words of each, behind each other.
-- Reply what each of them replies. One that failed has its error for an answer,
-- in the words in which Redis would give it, and the others are carried out; but
-- not those behind a guard (guard.lua) that replied 0: they reply nothing.

-- include clock.lua

local out, k, w = {}, 0, 1

-- Each begins behind the keys and the words of those before it. What functions
-- it has are made where it is run: that costs more than to run them.
local function run(letter, k, w, keys)
  if letter == 'c' then
    -- here recall.lua
  elseif letter == 'f' then
    -- here facts.lua
  elseif letter == 'r' then
    -- here remember.lua
  elseif letter == 't' then
    -- here tally.lua
  elseif letter == 'n' then
    -- here note.lua
  elseif letter == 'p' then
    -- here place.lua
  elseif letter == 'o' then
    -- here peer.lua
  elseif letter == 'e' then
    -- here append.lua
  elseif letter == 'g' then
    -- here guard.lua
    return guard(w)
  end
end

if redis.replicate_commands then redis.replicate_commands() end

local stopped = false
for part = 1, #ARGV[1] / 5 do
  local letter, keys, words =
    struct.unpack('>c1I2I2', ARGV[1], part * 5 - 4)
  local ok, answer = true, false
  if not stopped then ok, answer = pcall(run, letter, k, w, keys) end
  if not ok then
    -- here said.lua
    answer = said(answer)
  end
  stopped = stopped or letter == 'g' and answer ~= 1
  out[part] = answer
  k, w = k + keys, w + words
end

return out
