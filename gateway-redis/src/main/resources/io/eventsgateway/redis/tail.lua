-- Tells where one destination's log ends and who is let in.
-- KEYS  1 meta hash  2 access hash
local meta = redis.call('HMGET', KEYS[1], 'e', 's', 't', 'x')
return {meta[1] or '', meta[2] or '0', meta[3] or '0', meta[4] or '', redis.call('HKEYS', KEYS[2])}
