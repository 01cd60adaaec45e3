#!lua flags=allow-oom
-- Refuses what a newer release has written, and marks what is there as ours. Returns the schema that was found, 0 for none.

local mark = KEYS[1] .. ":schema"
local found = tonumber(redis.call("GET", mark) or "0")
if found < SCHEMA then redis.call("SET", mark, SCHEMA) end
return found
