-- Reads events of one destination that are younger than the retention; a page ends before it grows too large.
-- KEYS  1 meta hash  2 stream
-- ARGV  1 retention ms  2 epoch of the position, '' for the oldest  3 its ms  4 its sequence  5 events at most  6 bytes at most
local meta = redis.call('HMGET', KEYS[1], 'e', 's', 't')
if not meta[1] then return {'', '0', '0', 0, {}} end
local time = redis.call('TIME')
local oldest = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1])
local from = string.format('%.0f', math.max(oldest, 0))
if ARGV[2] == meta[1] and tonumber(ARGV[3]) >= oldest then from = '(' .. ARGV[3] .. '-' .. ARGV[4] end
local page, bytes, more = {}, 0, 1
local room, limit = tonumber(ARGV[5]), tonumber(ARGV[6])
local step = 1
while more == 1 and room > 0 and bytes < limit do
    step = math.min(step * 2, 8, room)
    local found = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', step)
    if #found < step then more = 0 end
    for _, entry in ipairs(found) do
        if bytes > 0 and bytes + #entry[2][2] > limit then
            more = 1
            room = 0
            break
        end
        page[#page + 1] = entry[1]
        page[#page + 1] = entry[2][2]
        bytes = bytes + #entry[2][2]
        from = '(' .. entry[1]
        room = room - 1
    end
end
return {meta[1], meta[2], meta[3], more, page}
