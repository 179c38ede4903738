-- Says in which format events are kept: in the one that is found, or else in ours, which is written down then; ours is kept. A server
-- that takes no writes now is asked all the same.
-- KEYS  1 format
-- ARGV  1 our format  2 memory ms
local found = redis.call('GET', KEYS[1])
if not found then
    redis.pcall('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    found = ARGV[1]
elseif found == ARGV[1] then
    redis.pcall('PEXPIRE', KEYS[1], ARGV[2])
end
return {found}
