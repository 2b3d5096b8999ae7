-- A claimed member is crossed out, or put off, unless somebody has given it an earlier time meanwhile.
-- KEYS[1]: sorted set. ARGV: member, the time it was claimed with, the new time ('' to cross it out).
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) ~= tonumber(ARGV[2]) then
  return 0
end
if ARGV[3] == '' then
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
