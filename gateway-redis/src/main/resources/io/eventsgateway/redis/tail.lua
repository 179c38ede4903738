-- Returns where one destination's log ends, whether it is closed, and the excluded.
-- KEYS  1 meta hash  2 set of the excluded
local meta = redis.call('HMGET', KEYS[1], 'e', 's', 't', 'x')
return {meta[1] or '', meta[2] or '0', meta[3] or '0', meta[4] or '', redis.call('SMEMBERS', KEYS[2])}
