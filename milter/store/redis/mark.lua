-- SPDX-License-Identifier: BSD-2-Clause
-- mark: what tally leaves out in a cluster, where dest and top have slots of
-- their own.
-- KEYS the sorted set.
-- ARGV score (a time: clock.lua), member, cap, ttl.
-- Reply 1.

-- include clock.lua
-- include raise.lua

raise(KEYS[1], text(clock(ARGV[1])), ARGV[2], ARGV[3], ARGV[4])
return 1
