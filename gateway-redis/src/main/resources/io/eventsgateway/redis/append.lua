-- Appends a batch to one destination's log, all or nothing, each entry once.
-- KEYS  1 guard hash  2 meta hash  3 stream  4 access hash  5.. one key for each event id that a producer gave
-- ARGV  1 retention ms  2 memory ms  3 epoch of a new log  4 channel  5 PUBLISH or SPUBLISH  6 largest event that is pushed whole
--       7 writer's field in the guard  8 its count that was acknowledged
--       then for each entry: lane, offset, index of its event id's key in KEYS or 0, event
-- Answers added, duplicates, the writer's count; added is -1 when Redis has less than it acknowledged, and nothing is appended.
local count = tonumber(redis.call('HGET', KEYS[1], ARGV[7]) or '0')
if count < tonumber(ARGV[8]) then return {-1, 0, count} end
local retention = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local meta = redis.call('HMGET', KEYS[2], 'e', 's', 't', 'x')
local epoch, seq, last, closed = meta[1], tonumber(meta[2] or 0), tonumber(meta[3] or 0), meta[4]
local fences, changed, added, duplicates = {}, {}, 0, 0

local function remember(prefix, names, command)
    for name in string.gmatch(names, '[^\t]+') do
        if command == 'HSET' then
            redis.call('HSET', KEYS[4], prefix .. name, '1')
        else
            redis.call('HDEL', KEYS[4], prefix .. name)
        end
    end
end

local function forget(prefix)
    for _, field in ipairs(redis.call('HKEYS', KEYS[4])) do
        if string.sub(field, 1, 2) == prefix then redis.call('HDEL', KEYS[4], field) end
    end
end

for i = 9, #ARGV, 4 do
    local lane, offset, idKey, event = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), ARGV[i + 3]
    local fence = fences[lane] or tonumber(redis.call('HGET', KEYS[2], lane) or -1)
    fences[lane] = fence
    if offset <= fence then
        duplicates = duplicates + 1
    else
        fences[lane] = offset
        changed[lane] = ARGV[i + 1]
        if idKey > 0 and not redis.call('SET', KEYS[idKey], '1', 'NX', 'PX', retention) then
            duplicates = duplicates + 1
        else
            if not epoch then
                epoch = ARGV[3]
                redis.call('DEL', KEYS[3], KEYS[4])
            elseif closed then
                redis.call('DEL', KEYS[3])
            end
            closed = false
            if now < last then now = last end
            last = now
            seq = seq + 1
            added = added + 1
            local id = string.format('%.0f-%.0f', now, seq)
            redis.call('XADD', KEYS[3], 'MINID', '~', string.format('%.0f', now - retention), id, 'e', event)
            local kind = string.sub(event, 1, 1)
            if kind == 'c' or kind == 'd' then
                local subjects, roles = string.match(event, '^[^\n]*\n[^\n]*\n([^\n]*)\n([^\n]*)\n')
                if kind == 'c' then
                    if subjects == '' then forget('x:') else remember('x:', subjects, 'HDEL') end
                    remember('s:', subjects, 'HSET')
                    remember('r:', roles, 'HSET')
                elseif subjects == '' then
                    closed = '1'
                    redis.call('DEL', KEYS[4])
                else
                    remember('x:', subjects, 'HSET')
                    remember('s:', subjects, 'HDEL')
                end
            end
            local told = epoch .. '.' .. id .. '\n'
            if kind ~= 'M' and #event <= tonumber(ARGV[6]) then told = told .. event end
            redis.call(ARGV[5], ARGV[4], told)
        end
    end
end

for lane, offset in pairs(changed) do redis.call('HSET', KEYS[2], lane, offset) end
if added > 0 then
    redis.call('HSET', KEYS[2], 'e', epoch, 's', string.format('%.0f', seq), 't', string.format('%.0f', last))
    if closed then
        redis.call('HSET', KEYS[2], 'x', '1')
        redis.call('PEXPIRE', KEYS[3], math.min(60000, retention))
    else
        redis.call('HDEL', KEYS[2], 'x')
        redis.call('PEXPIRE', KEYS[3], retention)
    end
    redis.call('PEXPIRE', KEYS[4], ARGV[2])
end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('HSET', KEYS[1], ARGV[7], string.format('%.0f', count + 1))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {added, duplicates, count + 1}
