-- Several commands, all or nothing. KEYS: every key they touch. ARGV[1]: JSON, a list of commands, each a list of words.
local found = {}
for at, command in ipairs(cjson.decode(ARGV[1])) do
  found[at] = redis.call(unpack(command))
end
return found
