#!lua flags=allow-oom
-- Renews leases. ARGV: time, lease in ms, calls: id, token, progress or empty.
-- Returns of each "ok", "cancel", "lost" or "drain".

local lease_ms = tonumber(ARGV[2])

local function heartbeat(id, token, said)
  local job = read(id)
  if not job or job.token ~= tonumber(token) then return "lost" end
  if job.state == "cancelled" then return "cancel" end
  if job.state == "done" then return "ok" end
  if job.state ~= "running" then return "lost" end
  job["until"], job.beats = NOW + lease_ms, job.beats + 1
  if said ~= "" then job.said = said end
  write(job)
  rank(LEASES, ranked(job.token, job.id), job["until"])
  redis.call("PEXPIRE", PREFIX .. "c:" .. job.claim, digits(math.max(lease_ms, ANSWER_MS)))
  return draining() and "drain" or "ok"
end

local answers = each_call(heartbeat)
keep()
return answers
