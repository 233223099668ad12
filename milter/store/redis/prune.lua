-- SPDX-License-Identifier: BSD-2-Clause
-- prune(mailbox, pattern, oldest): its hours or days before that go.

local function prune(mailbox, pattern, oldest)
  for _, f in ipairs(redis.call('HKEYS', mailbox)) do
    local n = string.match(f, pattern)
    if n and tonumber(n) < oldest then redis.call('HDEL', mailbox, f) end
  end
end
