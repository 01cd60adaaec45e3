#!lua flags=allow-oom
-- Takes back leases that the caller has seen expired before, promotes due retries, forgets what ended long ago.
-- ARGV: time, name of the call, attempts allowed, then job, token and expiry of each sighting.
-- Returns how many were taken back, then job, token and expiry of those that are expired now.

local function forget_old()
  for _, id in ipairs(redis.call("ZRANGEBYSCORE", ENDED, "-inf", NOW - WINDOW_MS, "LIMIT", 0, SWEEP_LIMIT)) do
    leave_state(read(id))
    redis.call("DEL", PREFIX .. "j:" .. id, PREFIX .. "p:" .. id, PREFIX .. "r:" .. id)
  end
end

local function take_back_seen()
  local taken = 0
  for at = 4, #ARGV, 3 do
    local job = read(ARGV[at])
    local same = job and job.state == "running" and job.token == tonumber(ARGV[at + 1]) and job["until"] == tonumber(ARGV[at + 2])
    if same and job["until"] <= NOW then
      take_back(job, tonumber(ARGV[3]))
      taken = taken + 1
    end
  end
  return taken
end

promote()
local before = answer_to(ARGV[2])
local taken = before and tonumber(before) or take_back_seen()
if taken > 0 and not before then leave_answer(ARGV[2], taken) end
forget_old()
keep()
local answer = { tostring(taken) }
for _, member in ipairs(redis.call("ZRANGEBYSCORE", LEASES, "-inf", NOW, "LIMIT", 0, SWEEP_LIMIT)) do
  local job = read(id_in(member))
  answer[#answer + 1] = job.id
  answer[#answer + 1] = string.format("%.0f", job.token)
  answer[#answer + 1] = string.format("%.0f", job["until"])
end
return answer
