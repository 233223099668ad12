-- SPDX-License-Identifier: BSD-2-Clause
-- hours_with(sums, column, keyword): what stands under an hour, received,
-- forwarded and both with a keyword, and one more.

local function hours_with(sums, column, keyword)
  local n = {string.match(sums or '0 0 0 0',
    '^(%d+) (%d+) (%d+) (%d+)$')}
  n[column] = string.format('%d', n[column] + 1)
  if keyword then
    n[column + 2] = string.format('%d', n[column + 2] + 1)
  end
  return table.concat(n, ' ')
end
