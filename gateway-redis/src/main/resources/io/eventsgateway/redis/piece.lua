-- Writes a piece of a large event's data, which expire no sooner than is asked for, also where the rest is never written.
-- KEYS  1 data
-- ARGV  1 index of the piece's first byte  2 piece  3 ms
redis.call('SETRANGE', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return {1}
