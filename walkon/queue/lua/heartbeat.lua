#!lua flags=allow-oom
-- Renews a lease. ARGV: time, id, token, lease in ms, progress or empty. Returns "ok", "cancel", "lost" or "drain".

local job = read(ARGV[2])
if not job or job.token ~= tonumber(ARGV[3]) then return "lost" end
if job.state == "cancelled" then return "cancel" end
if job.state == "done" then return "ok" end
if job.state ~= "running" then return "lost" end
job["until"], job.beats = NOW + tonumber(ARGV[4]), job.beats + 1
if ARGV[5] ~= "" then job.said = ARGV[5] end
write(job)
redis.call("ZADD", LEASES, job["until"], ranked(job.token, job.id))
redis.call("PEXPIRE", PREFIX .. "c:" .. job.claim, math.max(tonumber(ARGV[4]), ANSWER_MS))
return draining() and "drain" or "ok"
