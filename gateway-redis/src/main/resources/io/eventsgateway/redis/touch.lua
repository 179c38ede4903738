-- Counts each guard once, and keeps it.
-- KEYS  a writer's guards
-- ARGV  1 memory ms
-- Answers the counts.
local counts = {}
for i, guard in ipairs(KEYS) do
    counts[i] = redis.call('INCR', guard)
    redis.call('PEXPIRE', guard, ARGV[1])
end
return counts
