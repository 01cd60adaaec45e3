#!lua flags=allow-oom
-- Finishes a job, if the lease is the one that counts. ARGV: time, id, token, result, spent ms or empty.
-- Returns "done", "cancelled" or "lost".

local job = read(ARGV[2])
if not job or job.token ~= tonumber(ARGV[3]) then return "lost" end
if job.state == "done" or job.state == "cancelled" then return job.state end
if job.state ~= "running" then return "lost" end
settle_job(job, used_by(job, ARGV[5]))
leave_state(job)
job.error = nil
redis.call("SET", PREFIX .. "r:" .. job.id, ARGV[4])
finish(job, "done")
keep_turns()
return "done"
