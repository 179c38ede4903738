-- Tells how far lanes are complete, and raises those that have no less than is claimed: there is nothing left to be appended below an offset.
-- Keeps the hashes, and once a day removes the lanes that nobody has checked for longer than that.
-- KEYS  hashes of the lanes, one a tag
-- ARGV  1 memory ms; then for each tag: number of lanes, and for each lane: name, claim, offset
-- Returns how far each lane was complete, in the order of the claims.
local call = redis.call
local memory = tonumber(ARGV[1])
local time = call('TIME')
local day = math.floor(time[1] / 86400)
local oldest = day - math.ceil(memory / 86400000) - 1
local today = string.format('%.0f', day)
local answer, arg = {}, 1
for _, key in ipairs(KEYS) do
    local lanes = tonumber(ARGV[arg + 1])
    -- no lane has that name: the day on which lanes were removed
    local names, fields = {''}, {}
    for j = 1, lanes do names[j + 1] = ARGV[arg + 3 * j - 1] end
    local values = call('HMGET', key, unpack(names))
    for j = 1, lanes do
        local value, claim, to = values[j + 1], ARGV[arg + 3 * j], ARGV[arg + 3 * j + 1]
        local complete = string.match(value or '0', '^%d+')
        answer[#answer + 1] = complete
        if tonumber(complete) >= tonumber(claim) then
            if tonumber(complete) < tonumber(to) then complete = to end
            local checked = complete .. ' ' .. today
            if checked ~= value and complete ~= '0' then
                fields[#fields + 1] = names[j + 1]
                fields[#fields + 1] = checked
            end
        end
    end
    if values[1] ~= today then
        local all = call('HGETALL', key)
        for i = 1, #all, 2 do
            local checked = string.match(all[i + 1], ' (%d+)$')
            if checked and tonumber(checked) < oldest then call('HDEL', key, all[i]) end
        end
        if #all > 0 or #fields > 0 then
            fields[#fields + 1] = ''
            fields[#fields + 1] = today
        end
    end
    if #fields > 0 then call('HSET', key, unpack(fields)) end
    -- not with each check: it would be sent to the replicas each time
    if call('PTTL', key) < 0.9 * memory then call('PEXPIRE', key, memory) end
    arg = arg + 1 + 3 * lanes
end
return answer
