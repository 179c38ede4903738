-- Tries each command that the log sends, in ways that change nothing but a key which expires at once.
-- KEYS  a key of the log's
-- ARGV  1 PUBLISH or SPUBLISH  2 a channel of the log's
-- Answers what its user is not allowed: commands as +name, ~ for keys, & for channels.
local key, denied = KEYS[1], {}

local function try(command, ...)
    local reply = redis.pcall(command, ...)
    local problem = type(reply) == 'table' and reply.err
    if not problem then return true end
    -- Redis 6.2 and 7.0 say "executing the script can't", later ones "ACL failure in script"
    if string.find(problem, 'executing the script', 1, true) or string.find(problem, 'ACL failure', 1, true) then
        local what = '~'
        if string.find(problem, 'run th', 1, true) then
            what = '+' .. string.lower(command)
        elseif string.find(problem, 'channel', 1, true) then
            what = '&'
        end
        denied[#denied + 1] = what
    end
    return false
end

try('PING')
try('TIME')
try('INFO', 'replication')
try('GET', key)
try('GETRANGE', key, 0, 0)
try('SETRANGE', key, 0, '')
try('EXISTS', key)
try('PTTL', key)
try('HGET', key, 'f')
try('HEXISTS', key, 'f')
try('HMGET', key, 'f')
try('HGETALL', key)
try('HDEL', key, 'f')
try('SCARD', key)
try('SISMEMBER', key, 'm')
try('SMEMBERS', key)
try('SMISMEMBER', key, 'm')
try('SREM', key, 'm')
try('XRANGE', key, '-', '+')
try('XADD', key, 'NOMKSTREAM', '*', 'f', '')
if try('SET', key, '0', 'PX', 1000) then
    -- of the wrong type, which is looked at later than who asks
    try('HSET', key, 'f', '')
    try('SADD', key, 'm')
end
try('PEXPIRE', key, 1000)
try('DEL', key)
try(ARGV[1], ARGV[2], '')
return denied
