-- All that is kept of one person, or nothing. KEYS[1]: the person's key.
return redis.call('GET', KEYS[1])
