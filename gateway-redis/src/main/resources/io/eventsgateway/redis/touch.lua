-- Counts each guard once, and keeps it.
-- KEYS  a writer's guards
-- ARGV  1 memory ms, then the count of each guard that was acknowledged
-- Answers the counts; nothing, and counts nothing, when Redis has less than it acknowledged.
local counts = {}
for i, guard in ipairs(KEYS) do
    counts[i] = redis.call('INCR', guard)
    redis.call('PEXPIRE', guard, ARGV[1])
    if counts[i] <= tonumber(ARGV[1 + i]) then
        for j = 1, i do redis.call('DECR', KEYS[j]) end
        return {}
    end
end
return counts
