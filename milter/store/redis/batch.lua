-- SPDX-License-Identifier: BSD-2-Clause
-- batch: several of the scripts beside this one, in their order, so that a
-- message costs one call.
-- KEYS those of all, behind each other.
-- ARGV for each: its name, how many keys and how many words it has, its words.
-- Reply what each of them replies. One that failed has its error for an answer,
-- in the words in which Redis would give it, and the others are carried out.

-- include clock.lua
-- include once.lua
-- include raise.lua
-- include trace.lua

-- Each begins behind the keys and the words of those before it.
local scripts = {
append = function(k, w)
-- include append.lua
end,
facts = function(k, w, keys)
-- include facts.lua
end,
note = function(k, w, keys)
-- include note.lua
end,
peer = function(k, w)
-- include peer.lua
end,
place = function(k, w)
-- include place.lua
end,
recall = function(k, w)
-- include recall.lua
end,
remember = function(k, w)
-- include remember.lua
end,
tally = function(k, w, keys)
-- include tally.lua
end,
}

if redis.replicate_commands then redis.replicate_commands() end

local out, parts, k, w, words = {}, 0, 0, 0, #ARGV
while w < words do
  local keys = tonumber(ARGV[w + 2])
  local ok, answer = pcall(scripts[ARGV[w + 1]], k, w + 3, keys)
  if not ok then
    local said = type(answer) == 'table' and answer.err or
      'ERR Error running script: ' .. answer
    answer = {err = (string.gsub(said, '[\r\n]', ' '))}
  end
  parts = parts + 1
  out[parts] = answer
  k, w = k + keys, w + 3 + tonumber(ARGV[w + 3])
end

return out
