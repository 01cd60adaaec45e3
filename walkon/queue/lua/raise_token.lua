#!lua flags=allow-oom
-- Lifts the counter of tokens. ARGV: time, the least that counts as handed out.

local least = tonumber(ARGV[2])
if tonumber(redis.call("HGET", QUEUE, "token") or "0") < least then redis.call("HSET", QUEUE, "token", string.format("%.0f", least)) end
return 1
