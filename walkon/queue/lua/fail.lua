#!lua flags=allow-oom
-- Ends an attempt. ARGV: time, id, token, error, what becomes of the job ("delayed" or "dead"), delay in ms,
-- "1" if the worker lacked something, which is neither charged nor counted. Returns the state, or "lost".

local job = read(ARGV[2])
if not job or job.token ~= tonumber(ARGV[3]) then return "lost" end
if job.answered then return job.answered end
if job.state == "cancelled" then return job.state end
if job.state ~= "running" then return "lost" end
local away = ARGV[7] == "1"
settle_job(job, away and 0 or used_by(job, ""))
leave_state(job)
job.answered, job.error = ARGV[5], ARGV[4]
if ARGV[5] == "dead" then
  finish(job, "dead")
else
  if away then job.attempts, job.away = job.attempts - 1, job.away + 1 end
  job.said, job.ready = nil, NOW + tonumber(ARGV[6])
  enter_state(job, "delayed")
end
keep()
return job.answered
