#!lua flags=allow-oom
-- Stops a job, wherever it is. ARGV: time, id. Returns "cancelled", "too_late" or "unknown".

local job = read(ARGV[2])
if not job then return "unknown" end
if job.state == "cancelled" then return "cancelled" end
if job.state == "done" or job.state == "dead" then return "too_late" end
local before, path = job.state, path_of(job)
leave_state(job)
finish(job, "cancelled")
if before == "running" then
  settle_job(job, used_by(job, ""))
  -- A hint only: a user who may not publish may still cancel.
  redis.pcall("PUBLISH", PREFIX .. "cancels", job.id)
elseif before == "queued" and not waits(job) then withdraw(path, job.lane) end
keep()
return "cancelled"
