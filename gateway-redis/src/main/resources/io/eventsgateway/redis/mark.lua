-- Saves up to where a subject was served of one destination, unless that was as far before.
-- KEYS  1 meta hash  2 marks hash
-- ARGV  1 subject  2 epoch of the position  3 its ms  4 its sequence  5 memory ms
if redis.call('HGET', KEYS[1], 'e') ~= ARGV[2] then return {0} end
local epoch, seq = string.match(redis.call('HGET', KEYS[2], ARGV[1]) or '', '^(%w+)%.%d+%-(%d+)$')
if epoch == ARGV[2] and tonumber(seq) >= tonumber(ARGV[4]) then return {0} end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. '.' .. ARGV[3] .. '-' .. ARGV[4])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[5]) then redis.call('PEXPIRE', KEYS[2], ARGV[5]) end
return {1}
