#!lua flags=allow-oom
-- Takes back leases, expired or not, at most SWEEP_LIMIT. ARGV: time, name of the call, attempts allowed. Returns how many.

local before = answer_to(ARGV[2])
if before then return tonumber(before) end
local members = redis.call("ZRANGE", LEASES, 0, SWEEP_LIMIT - 1)
for _, member in ipairs(members) do take_back(read(id_in(member)), tonumber(ARGV[3])) end
leave_answer(ARGV[2], #members)
keep()
return #members
