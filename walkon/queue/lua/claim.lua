#!lua flags=allow-oom
-- Leases the job whose turn it is. ARGV: time, worker, claim id, lease in ms, lanes… Returns { id, record, payload } or { }.

local lanes = { unpack(ARGV, 5) }
local lease_ms, claim = tonumber(ARGV[4]), PREFIX .. "c:" .. ARGV[3]

local function lease(id) return { id, redis.call("GET", PREFIX .. "j:" .. id), redis.call("GET", PREFIX .. "p:" .. id) or "" } end

local function oldest(path)
  local id, seq
  for _, lane in ipairs(lanes) do
    local head = redis.call("ZRANGE", line_of(path, lane), 0, 0, "WITHSCORES")
    if head[2] and (not seq or tonumber(head[2]) < seq) then id, seq = id_in_line(head[1]), tonumber(head[2]) end
  end
  return read(id)
end

local function hand_out(job)
  leave_state(job)
  job.attempts, job.token, job.worker, job.claim = job.attempts + 1, count("token"), ARGV[2], ARGV[3]
  job.since, job["until"], job.beats, job.answered = NOW, NOW + lease_ms, 0, nil
  enter_state(job, "running")
  redis.call("SET", claim, job.id, "PX", math.max(lease_ms, ANSWER_MS))
end

promote()
keep_turns()
local known = redis.call("GET", claim)
known = known and read(known)
if known and known.claim == ARGV[3] and known["until"] > NOW then return known.state == "running" and lease(known.id) or {} end
local path = not draining() and next_turn(lanes)
if not path then return {} end
local job = oldest(path)
hand_out(job)
start(path, job.cost, not waits(path, job.lane) and job.lane or nil)
keep_turns()
return lease(job.id)
