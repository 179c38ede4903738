-- Counts once under each guard, and keeps them.
-- KEYS  guard hashes
-- ARGV  1 writer's field  2 memory ms
-- Answers the counts.
local counts = {}
for i, guard in ipairs(KEYS) do
    counts[i] = redis.call('HINCRBY', guard, ARGV[1], 1)
    redis.call('PEXPIRE', guard, ARGV[2])
end
return counts
