-- SPDX-License-Identifier: BSD-2-Clause
-- said(answer): what pcall gave for an error, in the words in which Redis would
-- reply it.

local function said(answer)
  local words = type(answer) == 'table' and answer.err or
    'ERR Error running script: ' .. answer
  return {err = (string.gsub(words, '[\r\n]', ' '))}
end
