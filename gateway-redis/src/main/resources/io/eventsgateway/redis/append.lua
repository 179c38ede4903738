-- Appends a batch to the logs of some destinations, each entry once. Stops before an entry that names more than a destination can.
-- KEYS  the writer's guards, then of each destination: meta hash, stream, set of grants, set of the excluded, and a key for each event
--       id that a producer gave
-- ARGV  1 retention ms  2 memory ms, several retentions  3 PUBLISH or SPUBLISH  4 largest event that is pushed whole  5 most members of
--       a set  6 number of guards, then the count of each that was acknowledged; then for each destination:
--       epoch of a new log, channel, number of entries, and for each entry: lane, offset, 1 if its event id has a key or 0, event
-- Returns added, duplicates, the count of each guard, and, only where it stopped before an entry, 1. Added is -1 when Redis has less
-- than it acknowledged, and nothing is appended.
local call = redis.call
local retention, memory, publish, whole = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
local most, guards = tonumber(ARGV[5]), tonumber(ARGV[6])
local answer = {0, 0}
for i = 1, guards do
    local count = call('INCR', KEYS[i])
    answer[i + 2] = count
    if count == 1 then call('PEXPIRE', KEYS[i], memory) end
    if count <= tonumber(ARGV[6 + i]) then
        for j = 1, i do call('DECR', KEYS[j]) end
        return {-1, 0}
    end
end
local time = call('TIME')
local clock = time[1] * 1000 + math.floor(time[2] / 1000)
local oldest = string.format('%.0f', clock - retention)
local key, arg = guards, 6 + guards

-- The members that names make, in lists that are short enough to be arguments.
local function members(prefix, names, lists)
    local list = lists[#lists]
    for name in string.gmatch(names, '[^\t]+') do
        if not list or #list == 1000 then
            list = {}
            lists[#lists + 1] = list
        end
        list[#list + 1] = prefix .. name
    end
    return lists
end

local function fits(set, lists)
    local size = call('SCARD', set)
    for _, list in ipairs(lists) do
        for _, known in ipairs(call('SMISMEMBER', set, unpack(list))) do size = size + 1 - known end
    end
    return size <= most
end

local function change(command, set, lists)
    for _, list in ipairs(lists) do call(command, set, unpack(list)) end
end

local refused = false
while arg < #ARGV and not refused do
    local meta, stream, grants, excluded = KEYS[key + 1], KEYS[key + 2], KEYS[key + 3], KEYS[key + 4]
    local channel, entries = ARGV[arg + 2], tonumber(ARGV[arg + 3])
    local lane = ARGV[arg + 4]
    local known = call('HMGET', meta, 'e', 's', 't', 'x', lane)
    local epoch, seq, last = known[1], tonumber(known[2] or 0), tonumber(known[3] or 0)
    local now = math.max(clock, last)
    -- what outlives the events by far need not be kept longer with each of them
    local renew = math.floor(clock / retention) ~= math.floor(last / retention)
    local closed, ended, named, added = known[4], false, false, 0
    local fences, changes = {[lane] = tonumber(known[5] or -1)}, {}
    local newEpoch = ARGV[arg + 1]
    key, arg = key + 4, arg + 3
    for _ = 1, entries do
        local offset, event = tonumber(ARGV[arg + 2]), ARGV[arg + 4]
        lane = ARGV[arg + 1]
        local idKey
        if ARGV[arg + 3] == '1' then
            key = key + 1
            idKey = KEYS[key]
        end
        local fence = fences[lane] or tonumber(call('HGET', meta, lane) or -1)
        local duplicate = offset <= fence or (idKey and call('EXISTS', idKey) == 1)
        local kind = string.sub(event, 1, 1)
        local all, subjects, granted
        if not duplicate then
            if not epoch then
                epoch = newEpoch
                call('DEL', stream, grants, excluded)
            end
            if kind == 'c' or kind == 'd' then
                local s, r = string.match(event, '^[^\n]*\n[^\n]*\n([^\n]*)\n([^\n]*)\n')
                all, subjects, granted = s == '', {}, members('r:', r, members('s:', s, {}))
                if kind == 'd' or call('EXISTS', excluded) == 1 then subjects = members('', s, {}) end
                if kind == 'c' then refused = not fits(grants, granted)
                else refused = not fits(excluded, subjects) end
                if refused then break end
            end
        end
        fences[lane] = math.max(fence, offset)
        if offset > fence then changes[lane] = ARGV[arg + 2] end
        arg = arg + 4
        if duplicate then
            answer[2] = answer[2] + 1
        else
            if idKey then call('SET', idKey, '1', 'PX', retention) end
            if closed and kind ~= 'd' then
                closed = false
                call('DEL', stream)
                if kind ~= 'c' then call('DEL', grants, excluded) end
            end
            if kind == 'c' then
                if all then call('DEL', excluded) else change('SREM', excluded, subjects) end
                change('SADD', grants, granted)
                named = true
            elseif kind == 'd' and all then
                closed, ended = '1', true
                call('DEL', grants, excluded)
            elseif kind == 'd' then
                change('SADD', excluded, subjects)
                change('SREM', grants, granted)
                named = true
            end
            seq = seq + 1
            added = added + 1
            local id = string.format('%.0f-%.0f', now, seq)
            call('XADD', stream, 'MINID', '~', oldest, id, 'e', event)
            if kind ~= 'M' and #event <= whole then
                call(publish, channel, epoch .. '.' .. id .. '\n' .. event)
            elseif kind == 'm' or kind == 'M' then
                call(publish, channel, epoch .. '.' .. id .. '\n')
            else
                -- who is shut out is not known before the log is read
                call(publish, channel, '')
            end
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
        if not closed then
            if known[4] then call('HDEL', meta, 'x') end
            call('PEXPIRE', stream, retention)
        else
            fields[#fields + 1] = 'x'
            fields[#fields + 1] = '1'
            -- what excludes somebody from a closed log does not keep its events longer
            if ended or call('PTTL', stream) < 0 then call('PEXPIRE', stream, math.min(60000, retention)) end
        end
    end
    if #fields > 0 then call('HSET', meta, unpack(fields)) end
    if renew then call('PEXPIRE', meta, memory) end
    if renew or named then
        call('PEXPIRE', grants, memory)
        call('PEXPIRE', excluded, memory)
    end
end
if refused then answer[guards + 3] = 1 end
return answer
