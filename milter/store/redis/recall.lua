-- SPDX-License-Identifier: BSD-2-Clause
-- recall: the members of a trace.
-- KEYS the hash in which it is.
-- ARGV at (clock.lua), id.
-- Reply as trace.lua says; empty when there is none.

-- include clock.lua
-- include trace.lua

return recall(KEYS[k + 1], ARGV[w + 2], clock(ARGV[w + 1]))
