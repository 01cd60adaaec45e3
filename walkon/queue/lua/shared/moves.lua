-- The steps that jobs' changes are made of: records and turns together.

local function queue(job)
  job.said = nil
  enter_state(job, "queued")
  join(path_of(job), 3, job.lane)
  tell()
end

local function finish(job, state)
  own(job, -1)
  job.said, job.ended = nil, NOW
  enter_state(job, state)
  tell()
end

-- spent: what the worker measured, in milliseconds, or empty for the time since its claim.
local function used_by(job, spent)
  local used = spent == "" and NOW - job.since or tonumber(spent)
  return math.min(math.max(0, used), MAX_COST_MS)
end

local function settle_job(job, used) settle(path_of(job), job.cost, used) end

local function promote()
  local due = redis.call("ZRANGEBYSCORE", DELAYED, "-inf", digits(NOW), "LIMIT", "0", digits(SWEEP_LIMIT))
  for _, member in ipairs(due) do
    local job = read(id_in(member))
    leave_state(job)
    queue(job)
  end
end

-- Nobody's fault that can be named: not charged, but counted; two silent deaths under different workers are the job's fault.
local function take_back(job, max_attempts)
  settle_job(job, 0)
  leave_state(job)
  local poison = job.beats == 0 and job.silent and job.silent ~= job.worker
  if poison or job.attempts >= max_attempts then
    job.error = poison and POISON or VANISHED
    finish(job, "dead")
    return
  end
  if job.beats == 0 then job.silent = job.worker end
  queue(job)
end
