-- SPDX-License-Identifier: BSD-2-Clause
-- A time in milliseconds as 6 bytes, the highest first. Lua's numbers hold 53
-- bits, what packs them 32 on some machines.

local function moment_bytes(ms)
  return struct.pack('>I2I4', math.floor(ms / 4294967296), ms % 4294967296)
end
