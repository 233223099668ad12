-- SPDX-License-Identifier: BSD-2-Clause
-- guard(w): are the answers in front of it those that were foreseen? Of each of
-- them there is a word. Where this server knows nothing, it does not know
-- better.

-- As STORE_FORESEEN_MS.
local SLACK = 2000

local function is_near(one, other)
  return math.abs(one - other) <= SLACK
end

-- The numbers as facts.lua replies them; commands_guard.c writes the word.
local function same_facts(said, word)
  local flags, high, low, route, received, forwarded, keyword_received,
    keyword_forwarded, hour = struct.unpack('>BI2I4I4I4I4I4I4I4', word)
  local function is_news(number, flag)
    return number > 0 and math.floor(flags / flag) % 2 == 0
  end
  if is_news(said[1], 1) or is_news(said[10], 2) or is_news(said[5], 4) or
      is_news(said[2], 8) then
    return false
  end
  if said[2] > 0 and said[2] >= route and
      not is_near(said[3], high * 4294967296 + low) then
    return false
  end
  return flags < 16 or said[2] <= route and said[5] <= received and
    said[6] <= forwarded and said[7] <= keyword_received and
    said[8] <= keyword_forwarded and said[9] <= hour
end

-- The same members, in the same order.
local function same_trace(said, word)
  if said == '' then return true end
  if word == '' then return false end
  -- here trace_items.lua
  if string.sub(said, 7) == string.sub(word, 7) then
    return is_near(moment(said, 1), moment(word, 1))
  end
  local wanted, count, same = {}, 0, true
  read_items(word, 7, moment(word, 1), function(bytes, at)
    wanted[#wanted + 1] = {bytes = bytes, at = at}
  end)
  read_items(said, 7, moment(said, 1), function(bytes, at)
    count = count + 1
    local item = wanted[count]
    same = same and item ~= nil and item.bytes == bytes and
      is_near(item.at, at)
  end)
  return same and count == #wanted
end

local function guard(w)
  for i, said in ipairs(out) do
    local word = ARGV[w + i]
    if type(said) == 'string' then
      if not same_trace(said, word) then return 0 end
    elseif said.err or not same_facts(said, word) then
      return 0
    end
  end
  return 1
end
