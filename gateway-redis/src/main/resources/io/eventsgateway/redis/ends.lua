-- Tells where the logs of several destinations end: epoch, sequence and time of each, '' where there is none.
-- KEYS  meta hashes
local ends = {}
for i, key in ipairs(KEYS) do
    local meta = redis.call('HMGET', key, 'e', 's', 't')
    ends[3 * i - 2], ends[3 * i - 1], ends[3 * i] = meta[1] or '', meta[2] or '0', meta[3] or '0'
end
return ends
