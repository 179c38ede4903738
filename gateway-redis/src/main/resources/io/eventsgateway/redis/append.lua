-- Appends a batch to the logs of some destinations, each entry once, unless a lane is complete up to less than the call claims. Stops
-- before an entry that names more than a destination can.
-- KEYS  of each tag: hash of the lanes; then of each destination: meta hash, stream, set of grants, set of the excluded; and of each entry
--       the key of its event id, where a producer gave one, and the key of its data, where they are large
-- ARGV  1 retention ms  2 retentions for which positions are remembered  3 ms by which large data outlive their event
--       4 PUBLISH or SPUBLISH  5 largest event that is pushed whole  6 most members of a set  7 number of tags; then for each tag: number
--       of lanes, and for each lane: name, claim, offset up to which the call has everything; then for each destination: epoch of a new
--       log, channel, number of entries, and for each entry: lane, offset, 1 if its event id has a key or 0, event
-- Returns added, duplicates, and, only where it stopped before an entry, 1. Where a lane has less than is claimed it appends nothing and
-- returns -1 and how far each lane is complete, in the order of the claims.
local call = redis.call
local retention, remembered, longer = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local publish, whole, most, tags = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local time = call('TIME')
local clock = time[1] * 1000 + math.floor(time[2] / 1000)

-- all is compared before anything is written
local arg, short, completes, raises, fresh = 7, false, {-1}, {}, {}
for i = 1, tags do
    local lanes, names = tonumber(ARGV[arg + 1]), {}
    for j = 1, lanes do names[j] = ARGV[arg + 3 * j - 1] end
    raises[i] = {}
    for j, value in ipairs(lanes > 0 and call('HMGET', KEYS[i], unpack(names)) or {}) do
        local complete, claim, to = string.match(value or '0', '^%d+'), ARGV[arg + 3 * j], ARGV[arg + 3 * j + 1]
        completes[#completes + 1] = complete
        short = short or tonumber(complete) < tonumber(claim)
        fresh[i] = fresh[i] or not value
        if tonumber(complete) < tonumber(to) then
            table.insert(raises[i], names[j])
            table.insert(raises[i], string.format('%s %.0f', to, math.floor(clock / 86400000)))
        end
    end
    arg = arg + 1 + 3 * lanes
end
if short then return completes end

local answer, key = {0, 0}, tags

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
    local known = call('HMGET', meta, 'e', 's', 't', 'x', 'r', 'k', lane)
    local epoch, seq, last = known[1], tonumber(known[2] or 0), tonumber(known[3] or 0)
    local now = math.max(clock, last)
    -- the time of the event before the next one, whose sequence is one less
    local previous = last
    -- the longest retention that a writer claims; a claim lasts as long as what was appended under it
    local keep, claimed = tonumber(known[5] or 0), tonumber(known[6] or 0)
    if keep < retention or claimed < clock then keep = retention end
    local claim = keep == retention and (tonumber(known[5]) ~= keep or claimed < clock + keep)
    local oldest, memory = string.format('%.0f', clock - keep), keep * remembered
    -- what outlives the events by far need not be kept longer with each of them
    local renew = claim or math.floor(clock / keep) ~= math.floor(last / keep)
    local closed, ended, named, added = known[4], false, false, 0
    local fences, changes, messages = {[lane] = tonumber(known[7] or -1)}, {}, {}
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
        local dataKey
        if string.sub(event, 1, 1) == 'M' then
            key = key + 1
            dataKey = KEYS[key]
        end
        local fence = fences[lane] or tonumber(call('HGET', meta, lane) or -1)
        local duplicate = offset <= fence or (idKey and call('EXISTS', idKey) == 1)
        local kind = string.sub(event, 1, 1)
        local all, subjects, granted
        if not duplicate then
            if not epoch then
                epoch, previous = newEpoch, 0
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
            local opens = closed and kind ~= 'd'
            if opens then
                closed = false
                call('DEL', stream)
            end
            local id, before = string.format('%.0f-%.0f', now, seq + 1), previous
            -- first, because it is what may be refused: then there is no trace of the entry
            call('XADD', stream, 'MINID', '~', oldest, id, 'e', event, 'p', string.format('%.0f', before))
            seq = seq + 1
            previous = now
            added = added + 1
            if idKey then call('SET', idKey, '1', 'PX', keep) end
            if dataKey and call('PTTL', dataKey) < keep + longer then call('PEXPIRE', dataKey, keep + longer) end
            if opens and kind ~= 'c' then call('DEL', grants, excluded) end
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
            -- who is shut out is not known before a large control is read, so nothing is published that could be a message
            local message = epoch .. '.' .. id .. ' ' .. string.format('%.0f', before) .. '\n'
            if kind ~= 'M' and #event <= whole then message = message .. event
            elseif kind == 'c' or kind == 'd' then message = '' end
            messages[#messages + 1] = message
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
        if claim then
            fields[#fields + 1] = 'r'
            fields[#fields + 1] = string.format('%.0f', keep)
            fields[#fields + 1] = 'k'
            fields[#fields + 1] = string.format('%.0f', clock + 1.25 * keep)
        end
        if not closed then
            if known[4] then call('HDEL', meta, 'x') end
            call('PEXPIRE', stream, keep)
        else
            fields[#fields + 1] = 'x'
            fields[#fields + 1] = '1'
            -- what excludes somebody from a closed log does not keep its events longer
            if ended or call('PTTL', stream) < 0 then call('PEXPIRE', stream, math.min(60000, keep)) end
        end
    end
    if #fields > 0 then call('HSET', meta, unpack(fields)) end
    if renew then call('PEXPIRE', meta, memory) end
    if renew or named then
        call('PEXPIRE', grants, memory)
        call('PEXPIRE', excluded, memory)
    end
    -- last, because it may be refused too, and what was appended has to be known by then
    for _, message in ipairs(messages) do call(publish, channel, message) end
end
-- last, because it states that every entry is in
if refused then
    answer[3] = 1
    return answer
end
for i, fields in ipairs(raises) do
    if #fields > 0 then call('HSET', KEYS[i], unpack(fields)) end
    if fresh[i] and call('PTTL', KEYS[i]) < retention * remembered then
        call('PEXPIRE', KEYS[i], retention * remembered)
    end
end
return answer
