-- Counts texts in a hash of at most ARGV[1] different ones; the others are counted under ARGV[2]. ARGV[3]: seconds kept.
-- KEYS[1] the hash; ARGV[4], ARGV[5] …: text, how often.
local most = tonumber(ARGV[1])
for at = 4, #ARGV, 2 do
  local text = ARGV[at]
  if redis.call('HLEN', KEYS[1]) >= most and redis.call('HEXISTS', KEYS[1], text) == 0 then
    text = ARGV[2]
  end
  redis.call('HINCRBY', KEYS[1], text, ARGV[at + 1])
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
