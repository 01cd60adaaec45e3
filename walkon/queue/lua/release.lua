#!lua flags=allow-oom
-- Hands a job back, if it is still held. ARGV: time, id, token. Returns 1 if it was.

local job = read(ARGV[2])
if not job or job.token ~= tonumber(ARGV[3]) or job.state ~= "running" then return 0 end
settle_job(job, 0)
leave_state(job)
job.attempts = job.attempts - 1
queue(job)
keep()
return 1
