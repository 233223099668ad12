-- SPDX-License-Identifier: BSD-2-Clause
-- remember: members of a trace.
-- KEYS the hash in which it is.
-- ARGV at (clock.lua), id, ttl, cap, anew (0 or 1), simple (0 or 1), members
--   (trace.lua).
-- Reply 1.

-- include clock.lua
-- include trace_write.lua

remember_in(KEYS[k + 1], ARGV[w + 2], clock(ARGV[w + 1]),
  tonumber(ARGV[w + 3]), tonumber(ARGV[w + 4]), ARGV[w + 5] == '1',
  ARGV[w + 6] == '1', ARGV[w + 7])
return 1
