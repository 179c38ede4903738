-- Returns whether a caller is shut out, whether a connect named it or one of its roles, and how many connects named.
-- KEYS  1 meta hash  2 set of grants  3 set of the excluded
-- ARGV  1 number of the caller's names, then the names, then its roles
local call = redis.call
local names = tonumber(ARGV[1])
local out, named = redis.call('HEXISTS', KEYS[1], 'x'), 0
for i = 2, #ARGV do
    if i <= names + 1 then
        if call('SISMEMBER', KEYS[3], ARGV[i]) == 1 then out = 1 end
        if call('SISMEMBER', KEYS[2], 's:' .. ARGV[i]) == 1 then named = 1 end
    elseif call('SISMEMBER', KEYS[2], 'r:' .. ARGV[i]) == 1 then
        named = 1
    end
end
return {out, named, call('SCARD', KEYS[2])}
