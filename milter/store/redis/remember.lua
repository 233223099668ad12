-- SPDX-License-Identifier: BSD-2-Clause
-- remember: members of a trace.
-- KEYS the hash in which it is.
-- ARGV at (clock.lua), id, ttl, cap, anew (0 or 1), simple (0 or 1), members
--   (trace.lua).
-- Reply 1.

-- include clock.lua
-- include trace.lua

remember(KEYS[1], ARGV[2], clock(ARGV[1]), tonumber(ARGV[3]),
  tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6] == '1', ARGV[7])
return 1
