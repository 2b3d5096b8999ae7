-- Members whose time has come, each put off so that nobody else is given it meanwhile.
-- KEYS[1]: sorted set by due time. ARGV: now, the new due time, at most how many.
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(due) do
  redis.call('ZADD', KEYS[1], ARGV[2], member)
end
return due
