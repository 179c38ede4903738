-- Appends a batch to the logs of some destinations, all or nothing, each entry once.
-- KEYS  the writer's guards, then of each destination: meta hash, stream, access hash, and a key for each event id that a producer gave
-- ARGV  1 retention ms  2 memory ms, several retentions  3 PUBLISH or SPUBLISH  4 largest message that is pushed whole
--       5 number of guards, then the count of each that was acknowledged; then for each destination:
--       epoch of a new log, channel, number of entries, and for each entry: lane, offset, 1 if its event id has a key or 0, event
-- Answers added, duplicates, the count of each guard; added is -1 when Redis has less than it acknowledged, and nothing
-- is appended.
local call = redis.call
local retention, memory, publish, whole = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
local guards = tonumber(ARGV[5])
local answer = {0, 0}
for i = 1, guards do
    local count = call('INCR', KEYS[i])
    answer[i + 2] = count
    if count == 1 then call('PEXPIRE', KEYS[i], memory) end
    if count <= tonumber(ARGV[5 + i]) then
        for j = 1, i do call('DECR', KEYS[j]) end
        return {-1, 0}
    end
end
local time = call('TIME')
local clock = time[1] * 1000 + math.floor(time[2] / 1000)
local oldest = string.format('%.0f', clock - retention)
local key, arg = guards, 5 + guards

local function remember(access, prefix, names, command)
    for name in string.gmatch(names, '[^\t]+') do
        if command == 'HSET' then call('HSET', access, prefix .. name, '1') else call('HDEL', access, prefix .. name) end
    end
end

local function forget(access, prefix)
    for _, field in ipairs(call('HKEYS', access)) do
        if string.sub(field, 1, 2) == prefix then call('HDEL', access, field) end
    end
end

while arg < #ARGV do
    local meta, stream, access = KEYS[key + 1], KEYS[key + 2], KEYS[key + 3]
    local channel, entries = ARGV[arg + 2], tonumber(ARGV[arg + 3])
    local lane = ARGV[arg + 4]
    local known = call('HMGET', meta, 'e', 's', 't', 'x', lane)
    local epoch, seq, last = known[1], tonumber(known[2] or 0), tonumber(known[3] or 0)
    local now = math.max(clock, last)
    -- what outlives the events by far need not be told with each of them how long
    local renew = math.floor(clock / retention) ~= math.floor(last / retention)
    local closed, wasClosed, granted, added = known[4], known[4], false, 0
    local fences, changes = {[lane] = tonumber(known[5] or -1)}, {}
    local newEpoch = ARGV[arg + 1]
    key, arg = key + 3, arg + 3
    for _ = 1, entries do
        local offset, event = tonumber(ARGV[arg + 2]), ARGV[arg + 4]
        lane = ARGV[arg + 1]
        local idKey
        if ARGV[arg + 3] == '1' then
            key = key + 1
            idKey = KEYS[key]
        end
        local fence = fences[lane] or tonumber(call('HGET', meta, lane) or -1)
        fences[lane] = math.max(fence, offset)
        if offset > fence then changes[lane] = ARGV[arg + 2] end
        arg = arg + 4
        if offset <= fence or (idKey and not call('SET', idKey, '1', 'NX', 'PX', retention)) then
            answer[2] = answer[2] + 1
        else
            if not epoch then
                epoch = newEpoch
                call('DEL', stream, access)
            elseif closed then
                call('DEL', stream)
            end
            closed = false
            seq = seq + 1
            added = added + 1
            local id = string.format('%.0f-%.0f', now, seq)
            call('XADD', stream, 'MINID', '~', oldest, id, 'e', event)
            local kind = string.sub(event, 1, 1)
            if kind == 'c' or kind == 'd' then
                granted = true
                local subjects, roles = string.match(event, '^[^\n]*\n[^\n]*\n([^\n]*)\n([^\n]*)\n')
                if kind == 'c' then
                    if subjects == '' then forget(access, 'x:') else remember(access, 'x:', subjects, 'HDEL') end
                    remember(access, 's:', subjects, 'HSET')
                    remember(access, 'r:', roles, 'HSET')
                elseif subjects == '' then
                    closed = '1'
                    call('DEL', access)
                else
                    remember(access, 'x:', subjects, 'HSET')
                    remember(access, 's:', subjects, 'HDEL')
                end
            end
            local told = epoch .. '.' .. id .. '\n'
            -- who may read on is told whole, whatever its size
            if kind ~= 'M' and (kind ~= 'm' or #event <= whole) then told = told .. event end
            call(publish, channel, told)
        end
    end
    local fields = {}
    for changed, offset in pairs(changes) do
        fields[#fields + 1] = changed
        fields[#fields + 1] = offset
    end
    if added > 0 then
        answer[1] = answer[1] + added
        local ends = {'s', string.format('%.0f', seq), 't', string.format('%.0f', now), 'e', epoch}
        for i = 1, epoch == known[1] and 4 or 6 do fields[#fields + 1] = ends[i] end
        if closed then
            fields[#fields + 1] = 'x'
            fields[#fields + 1] = '1'
            call('PEXPIRE', stream, math.min(60000, retention))
        else
            if wasClosed then call('HDEL', meta, 'x') end
            call('PEXPIRE', stream, retention)
        end
    end
    if #fields > 0 then call('HSET', meta, unpack(fields)) end
    if renew then call('PEXPIRE', meta, memory) end
    if renew or granted then call('PEXPIRE', access, memory) end
end
return answer
