#!lua flags=allow-oom
-- Finishes jobs, where the lease is the one that counts. ARGV: time, calls: id, token, result, spent ms or empty.
-- Returns of each "done", "cancelled" or "lost".

local function complete(id, token, result, spent)
  local job = read(id)
  if not job or job.token ~= tonumber(token) then return "lost" end
  if job.state == "done" or job.state == "cancelled" then return job.state end
  if job.state ~= "running" then return "lost" end
  settle_job(job, used_by(job, spent))
  leave_state(job)
  job.error = nil
  set(PREFIX .. "r:" .. job.id, result)
  finish(job, "done")
  return "done"
end

local ids = {}
each_call(function(id) ids[#ids + 1] = id end)
foresee(ids)
local answers = each_call(complete)
keep()
return answers
