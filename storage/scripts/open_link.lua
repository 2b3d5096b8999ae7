-- Open a link once. KEYS[1]: the link's key. The person it is for; nothing when it is over or was opened too often.
local person = redis.call('HGET', KEYS[1], 'person')
if not person or redis.call('HINCRBY', KEYS[1], 'left', -1) < 0 then
  return false
end
return person
