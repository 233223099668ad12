/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times are milliseconds of the caller's clock; keys expire by the server's.
 * Every script may be run twice with the same arguments and leaves the same
 * state: that is what makes a replay safe.
 */
#include "store/redis/script.h"

#include <stddef.h>

/*
 * mark(key, score, member, cap, ttl): the member's score becomes the greater
 * of the old and the new; of the set the cap greatest stay.
 */
#define LUA_MARK                                                           \
	"local function mark(key, score, member, cap, ttl)\n"              \
	"  local old = redis.call('ZSCORE', key, member)\n"                \
	"  if not old or tonumber(old) < tonumber(score) then\n"           \
	"    redis.call('ZADD', key, score, member)\n"                     \
	"  end\n"                                                          \
	"  if not old and redis.call('ZCARD', key) > tonumber(cap) then\n" \
	"    redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(cap))\n"  \
	"  end\n"                                                          \
	"  redis.call('PEXPIRE', key, ttl)\n"                              \
	"end\n"

/*
 * note: sliding sets, in order.
 * KEYS for each note: the sorted set (member -> time), the hash of values
 *   (member -> value; touched by sums only).
 * ARGV at; for each note: count|sum|step, member, window, cap, value, step,
 *   steps, after (number of the note it waits for, from 0; -1: none), least.
 * Reply for each note: {done, before, count, fresh, sum as text}.
 */
static const char note[] =
	"local at = tonumber(ARGV[1])\n"
	"local out = {}\n"
	"local function drop(val, members)\n"
	"  for i = 1, #members, 1000 do\n"
	"    redis.call('HDEL', val,\n"
	"      unpack(members, i, math.min(i + 999, #members)))\n"
	"  end\n"
	"end\n"
	"local function reached(begin, steps, since)\n"
	"  local n = 0\n"
	"  while n < steps and begin[n] and begin[n] >= since do\n"
	"    n = n + 1\n"
	"  end\n"
	"  return n\n"
	"end\n"
	"local function step(win, since, number, steps)\n"
	"  local rows = redis.call('ZRANGE', win, 0, -1, 'WITHSCORES')\n"
	"  local begin = {}\n"
	"  for i = 1, #rows, 2 do\n"
	"    begin[tonumber(rows[i])] = tonumber(rows[i + 1])\n"
	"  end\n"
	"  local before = reached(begin, steps, since)\n"
	"  local from = at\n"
	"  if number > 0 then from = begin[number - 1] end\n"
	"  if from and (not begin[number] or begin[number] < from) then\n"
	"    redis.call('ZADD', win, string.format('%.0f', from), number)\n"
	"    begin[number] = from\n"
	"  end\n"
	"  local count = reached(begin, steps, since)\n"
	"  return {1, before, count, count > before and 1 or 0, '0'}\n"
	"end\n"
	"local function member(win, val, name, since, cap, value)\n"
	"  local bound = '(' .. string.format('%.0f', since)\n"
	"  if value then\n"
	"    drop(val, redis.call('ZRANGEBYSCORE', win, '-inf', bound))\n"
	"  end\n"
	"  redis.call('ZREMRANGEBYSCORE', win, '-inf', bound)\n"
	"  local before = redis.call('ZCARD', win)\n"
	"  local old = redis.call('ZSCORE', win, name)\n"
	"  if not old or tonumber(old) < at then\n"
	"    redis.call('ZADD', win, ARGV[1], name)\n"
	"  end\n"
	"  if value then redis.call('HSET', val, name, value) end\n"
	"  local count = before + (old and 0 or 1)\n"
	"  if count > cap then\n"
	"    if value then\n"
	"      drop(val, redis.call('ZRANGE', win, 0, count - cap - 1))\n"
	"    end\n"
	"    redis.call('ZREMRANGEBYRANK', win, 0, count - cap - 1)\n"
	"    count = cap\n"
	"  end\n"
	"  local sum = 0\n"
	"  if value then\n"
	"    for _, v in ipairs(redis.call('HVALS', val)) do\n"
	"      sum = sum + tonumber(v)\n"
	"    end\n"
	"  end\n"
	"  return {1, before, count, old and 0 or 1,\n"
	"    string.format('%.17g', sum)}\n"
	"end\n"
	"for i = 1, #KEYS / 2 do\n"
	"  local a = 2 + (i - 1) * 9\n"
	"  local win, val = KEYS[2 * i - 1], KEYS[2 * i]\n"
	"  local window = tonumber(ARGV[a + 2])\n"
	"  local after = tonumber(ARGV[a + 7])\n"
	"  local prior = out[after + 1]\n"
	"  if after >= 0 and not (prior and prior[1] == 1 and\n"
	"      prior[3] >= tonumber(ARGV[a + 8])) then\n"
	"    out[i] = {0, 0, 0, 0, '0'}\n"
	"  else\n"
	"    if ARGV[a] == 'step' then\n"
	"      out[i] = step(win, at - window, tonumber(ARGV[a + 5]),\n"
	"        tonumber(ARGV[a + 6]))\n"
	"    else\n"
	"      out[i] = member(win, val, ARGV[a + 1], at - window,\n"
	"        tonumber(ARGV[a + 3]),\n"
	"        ARGV[a] == 'sum' and ARGV[a + 4] or nil)\n"
	"    end\n"
	"    redis.call('PEXPIRE', win, window + 60000)\n"
	"    if ARGV[a] == 'sum' then\n"
	"      redis.call('PEXPIRE', val, window + 60000)\n"
	"    end\n"
	"  end\n"
	"end\n"
	"return out\n";

/*
 * remember: members of a trace set.
 * KEYS the sorted set (member -> time).
 * ARGV at, ttl, cap, members.
 * Reply 1.
 */
static const char remember[] =
	"for i = 4, #ARGV do\n"
	"  local old = redis.call('ZSCORE', KEYS[1], ARGV[i])\n"
	"  if not old or tonumber(old) < tonumber(ARGV[1]) then\n"
	"    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])\n"
	"  end\n"
	"end\n"
	"redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))\n"
	"redis.call('PEXPIRE', KEYS[1], ARGV[2])\n"
	"return 1\n";

/*
 * facts: what is known of a mailbox and of its way to a destination.
 * KEYS mailbox, route, contain.
 * ARGV destination, hour (since 1970), at.
 * Reply {known, count, first, last, received, forwarded, and both with a
 *   keyword (24 hours), forwarded (this hour), contained}.
 */
static const char facts[] =
	"local mailbox = redis.call('HGETALL', KEYS[1])\n"
	"local now = tonumber(ARGV[2])\n"
	"local sum, hour = {0, 0, 0, 0}, 0\n"
	"for i = 1, #mailbox, 2 do\n"
	"  local h = string.match(mailbox[i], '^h:(%d+)$')\n"
	"  if h and tonumber(h) > now - 24 then\n"
	"    local n = 0\n"
	"    for v in string.gmatch(mailbox[i + 1], '%d+') do\n"
	"      n = n + 1\n"
	"      sum[n] = sum[n] + tonumber(v)\n"
	"      if n == 2 and tonumber(h) == now then hour = tonumber(v) end\n"
	"    end\n"
	"  end\n"
	"end\n"
	"local route = redis.call('HGET', KEYS[2], ARGV[1]) or '0 0 0'\n"
	"local first, last, count = string.match(route, '^(%d+) (%d+) "
	"(%d+)$')\n"
	"local till = redis.call('HGET', KEYS[3], 'until')\n"
	"return {#mailbox > 0 and 1 or 0, tonumber(count), tonumber(first),\n"
	"  tonumber(last), sum[1], sum[2], sum[3], sum[4], hour,\n"
	"  till and tonumber(till) > tonumber(ARGV[3]) and 1 or 0}\n";

/*
 * tally: counts one message of a mailbox, once for each identity.
 * KEYS mailbox, route, once; and, but for a cluster, dest, top.
 * ARGV at, what, destination, keyword (0 or 1), identity, hour, day, routes
 *   at most, ttl of mailbox and route, prints at most, ttl of once, mailbox,
 * ttl of top. Reply {counted, flows of the mailbox that day}.
 */
static const char tally[] = LUA_MARK
	"local mailbox, route, once = KEYS[1], KEYS[2], KEYS[3]\n"
	"local at, what, dest = ARGV[1], ARGV[2], ARGV[3]\n"
	"local day = 'd:' .. ARGV[7]\n"
	"local function is_new()\n"
	"  if ARGV[5] == '' then return true end\n"
	"  local print = string.sub(redis.sha1hex(\n"
	"    what .. '\\n' .. dest .. '\\n' .. ARGV[5]), 1, 16)\n"
	"  local seen = redis.call('GET', once) or ''\n"
	"  local p = string.find(seen, print, 1, true)\n"
	"  while p and (p - 1) % 16 ~= 0 do\n"
	"    p = string.find(seen, print, p + 1, true)\n"
	"  end\n"
	"  if p then return false end\n"
	"  local most = tonumber(ARGV[10]) * 16\n"
	"  if #seen < 512 or #seen >= 2 * most then\n"
	"    redis.call('SET', once, string.sub(seen, -most) .. print)\n"
	"  else\n"
	"    redis.call('APPEND', once, print)\n"
	"  end\n"
	"  redis.call('PEXPIRE', once, ARGV[11])\n"
	"  return true\n"
	"end\n"
	"local function prune(pattern, oldest)\n"
	"  for _, f in ipairs(redis.call('HKEYS', mailbox)) do\n"
	"    local n = string.match(f, pattern)\n"
	"    if n and tonumber(n) < oldest then redis.call('HDEL', mailbox, f) "
	"end\n"
	"  end\n"
	"end\n"
	"local function count_hour(column)\n"
	"  local field = 'h:' .. ARGV[6]\n"
	"  local n, old = {}, redis.call('HGET', mailbox, field)\n"
	"  if not old then prune('^h:(%d+)$', tonumber(ARGV[6]) - 23) end\n"
	"  for v in string.gmatch(old or '0 0 0 0', '%d+') do\n"
	"    n[#n + 1] = tonumber(v)\n"
	"  end\n"
	"  n[column] = n[column] + 1\n"
	"  if ARGV[4] == '1' then n[column + 2] = n[column + 2] + 1 end\n"
	"  redis.call('HSET', mailbox, field, string.format('%.0f %.0f %.0f "
	"%.0f',\n"
	"    n[1], n[2], n[3], n[4]))\n"
	"end\n"
	"local function count_route()\n"
	"  local old = redis.call('HGET', route, dest)\n"
	"  local first, last, n = at, at, 0\n"
	"  if old then\n"
	"    first, last, n = string.match(old, '^(%d+) (%d+) (%d+)$')\n"
	"    if tonumber(at) > tonumber(last) then last = at end\n"
	"    if tonumber(at) < tonumber(first) then first = at end\n"
	"  end\n"
	"  redis.call('HSET', route, dest,\n"
	"    first .. ' ' .. last .. ' ' .. string.format('%.0f', n + 1))\n"
	"  if not old and redis.call('HLEN', route) > tonumber(ARGV[8]) then\n"
	"    local rows, stale, age = redis.call('HGETALL', route)\n"
	"    for i = 1, #rows, 2 do\n"
	"      local seen = tonumber(string.match(rows[i + 1], '^%d+ (%d+)'))\n"
	"      if not age or seen < age then stale, age = rows[i], seen end\n"
	"    end\n"
	"    redis.call('HDEL', route, stale)\n"
	"  end\n"
	"  redis.call('PEXPIRE', route, ARGV[9])\n"
	"end\n"
	"local function count_forward()\n"
	"  local first = redis.call('HGET', mailbox, 'first')\n"
	"  local last = redis.call('HGET', mailbox, 'last')\n"
	"  if not first or tonumber(at) < tonumber(first) then\n"
	"    redis.call('HSET', mailbox, 'first', at)\n"
	"  end\n"
	"  if not last or tonumber(at) > tonumber(last) then\n"
	"    redis.call('HSET', mailbox, 'last', at)\n"
	"  end\n"
	"  if redis.call('HINCRBY', mailbox, day, 1) == 1 then\n"
	"    prune('^d:(%d+)$', tonumber(ARGV[7]) - 7)\n"
	"  end\n"
	"  if dest ~= '' then count_route() end\n"
	"end\n"
	"local counted = is_new()\n"
	"if counted then\n"
	"  redis.call('HINCRBY', mailbox, what, 1)\n"
	"  if what == 'received' then count_hour(1) end\n"
	"  if what == 'forwarded' then\n"
	"    count_hour(2)\n"
	"    count_forward()\n"
	"  end\n"
	"  redis.call('PEXPIRE', mailbox, ARGV[9])\n"
	"end\n"
	"local flows = tonumber(redis.call('HGET', mailbox, day) or '0')\n"
	"if what == 'forwarded' and #KEYS == 5 then\n"
	"  if dest ~= '' then\n"
	"    mark(KEYS[4], at, ARGV[12], 10000, ARGV[9])\n"
	"  end\n"
	"  if flows > 0 then\n"
	"    mark(KEYS[5], flows, ARGV[12], 100000, ARGV[13])\n"
	"  end\n"
	"end\n"
	"return {counted and 1 or 0, flows}\n";

/*
 * mark: what tally leaves out in a cluster, where dest and top have slots of
 * their own.
 * KEYS the sorted set.  ARGV score, member, cap, ttl.  Reply 1.
 */
static const char mark[] =
	LUA_MARK "mark(KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])\n"
		 "return 1\n";

/*
 * append: one event, once.
 * KEYS the stream, the mark that it is there already.
 * ARGV json, events at most, ttl of the mark.
 * Reply 1 when it was added.
 */
static const char append[] =
	"if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then\n"
	"  return 0\n"
	"end\n"
	"redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*',\n"
	"  'json', ARGV[1])\n"
	"return 1\n";

/*
 * contain: a mailbox, until then.
 * KEYS the hash.  ARGV by, why, at, until, ttl (0: no longer).  Reply 1.
 */
static const char contain[] =
	"redis.call('DEL', KEYS[1])\n"
	"if tonumber(ARGV[5]) > 0 then\n"
	"  redis.call('HSET', KEYS[1], 'by', ARGV[1], 'why', ARGV[2],\n"
	"    'at', ARGV[3], 'until', ARGV[4])\n"
	"  redis.call('PEXPIRE', KEYS[1], ARGV[5])\n"
	"end\n"
	"return 1\n";

const char *
script_text(enum script script)
{
	static const char *const texts[] = {
		[SCRIPT_NOTE] = note,
		[SCRIPT_REMEMBER] = remember,
		[SCRIPT_FACTS] = facts,
		[SCRIPT_TALLY] = tally,
		[SCRIPT_MARK] = mark,
		[SCRIPT_APPEND] = append,
		[SCRIPT_CONTAIN] = contain,
	};

	return script < SCRIPT_COUNT ? texts[script] : NULL;
}
