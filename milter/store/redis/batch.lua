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

local scripts = {}

function scripts.append(KEYS, ARGV)
-- include append.lua
end

function scripts.facts(KEYS, ARGV)
-- include facts.lua
end

function scripts.note(KEYS, ARGV)
-- include note.lua
end

function scripts.place(KEYS, ARGV)
-- include place.lua
end

function scripts.recall(KEYS, ARGV)
-- include recall.lua
end

function scripts.remember(KEYS, ARGV)
-- include remember.lua
end

function scripts.tally(KEYS, ARGV)
-- include tally.lua
end

-- Lua's stack has room for some thousand, and is the quicker way.
local function cut(from, count, list)
  if count <= 1000 then return {unpack(list, from + 1, from + count)} end
  local out = {}
  for i = 1, count do out[i] = list[from + i] end
  return out
end

if redis.replicate_commands then redis.replicate_commands() end

local out, key, word = {}, 0, 0
while word < #ARGV do
  local name = ARGV[word + 1]
  local keys, words = tonumber(ARGV[word + 2]), tonumber(ARGV[word + 3])
  local ok, answer = pcall(scripts[name], cut(key, keys, KEYS),
    cut(word + 3, words, ARGV))
  if not ok then
    local said = type(answer) == 'table' and answer.err or
      'ERR Error running script: ' .. answer
    answer = {err = (string.gsub(said, '[\r\n]', ' '))}
  end
  out[#out + 1] = answer
  key, word = key + keys, word + 3 + words
end

return out
