-- Reads events of one destination that are younger than the retention; a page ends before it grows too large.
-- KEYS  1 meta hash  2 stream
-- ARGV  1 retention ms  2 epoch of the position, '' for the oldest  3 its ms  4 its sequence  5 events at most  6 bytes at most
-- Answers epoch, last sequence, last ms, whether there is more, and the page: for each event its id, its predecessor's ms, '' where an
-- earlier version wrote none, and what is stored. A page ends before a large event, or has that one alone.
local meta = redis.call('HMGET', KEYS[1], 'e', 's', 't', 'r', 'k')
if not meta[1] then return {'', '0', '0', 0, {}} end
local time = redis.call('TIME')
local clock, keep = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[1])
-- as long as a writer claims to keep it
if tonumber(meta[5] or 0) >= clock then keep = math.max(keep, tonumber(meta[4])) end
local oldest = clock - keep
local from = string.format('%.0f', math.max(oldest, 0))
if ARGV[2] == meta[1] and tonumber(ARGV[3]) >= oldest then from = '(' .. ARGV[3] .. '-' .. ARGV[4] end
local page, bytes, more = {}, 0, 1
local room, limit = tonumber(ARGV[5]), tonumber(ARGV[6])
local step = 1
while more == 1 and room > 0 do
    step = math.min(step * 2, 8, room)
    local found = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', step)
    if #found < step then more = 0 end
    for _, entry in ipairs(found) do
        local event = entry[2][2]
        local large = string.sub(event, 1, 1) == 'M'
        if #page > 0 and (large or bytes + #event > limit) then
            more, room = 1, 0
            break
        end
        page[#page + 1] = entry[1]
        page[#page + 1] = entry[2][4] or ''
        page[#page + 1] = event
        bytes = bytes + #event
        if large then
            more, room = 1, 0
            break
        end
        from = '(' .. entry[1]
        room = room - 1
    end
end
return {meta[1], meta[2], meta[3], more, page}
