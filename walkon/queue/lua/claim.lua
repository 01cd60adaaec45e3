#!lua flags=allow-oom
-- Leases the job whose turn it is, and others that may be worked on together with it.
-- ARGV: time, worker, claim id, lease in ms, most jobs, swap in ms, how many lanes, lanes…, warm ones among them…
-- Returns id, record and payload of each.

local last = 7 + tonumber(ARGV[7])
local lanes, warm = { unpack(ARGV, 8, last) }, { unpack(ARGV, last + 1) }
local lease_ms, claim, answer = tonumber(ARGV[4]), PREFIX .. "c:" .. ARGV[3], {}

local function add(id)
  local at = #answer
  answer[at + 1], answer[at + 2], answer[at + 3] = id, redis.call("GET", PREFIX .. "j:" .. id), redis.call("GET", PREFIX .. "p:" .. id) or ""
end

local function oldest(path, among)
  local id, seq
  for _, lane in ipairs(among) do
    local head = redis.call("ZRANGE", line_of(path, lane), 0, 0, "WITHSCORES")
    if head[2] and (not seq or tonumber(head[2]) < seq) then id, seq = id_in_line(head[1]), tonumber(head[2]) end
  end
  return read(id)
end

local function hand_out(path, job)
  leave_state(job)
  job.attempts, job.token, job.worker, job.claim = job.attempts + 1, count("token"), ARGV[2], ARGV[3]
  job.since, job["until"], job.beats, job.answered = NOW, NOW + lease_ms, 0, nil
  enter_state(job, "running")
  start(path, job.cost, not waits(path, job.lane) and job.lane or nil)
  keep_turns()
  add(job.id)
  return job.id
end

-- Whether the claim was answered before; then what still runs under it is the answer.
local function answered()
  local ids, known = redis.call("GET", claim), false
  for _, id in ipairs(ids and cmsgpack.unpack(ids) or {}) do
    local job = read(id)
    if job and job.claim == ARGV[3] and job["until"] > NOW then
      known = true
      if job.state == "running" then add(id) end
    end
  end
  return known
end

-- One more that goes with the job: the oldest of somebody next in turn, in the same lane.
local function company(job, path, depth)
  for _, name in ipairs(close_heads(path, depth, job.lane)) do
    path[depth + 1] = name
    local found
    if depth < 2 then found = company(job, path, depth + 1)
    else
      local head = oldest(path, { job.lane })
      if head.batch == job.batch then found = head end
    end
    if found then return found end
    path[depth + 1] = nil
  end
end

promote()
keep_turns()
if answered() or draining() then return answer end
local path, among = next_turn(lanes, warm, tonumber(ARGV[6]))
if not path then return answer end
local job = oldest(path, among)
local ids = { hand_out(path, job) }
while job.batch and #ids < tonumber(ARGV[5]) do
  path = {}
  local found = company(job, path, 0)
  if not found then break end
  ids[#ids + 1] = hand_out(path, found)
end
redis.call("SET", claim, cmsgpack.pack(ids), "PX", math.max(lease_ms, ANSWER_MS))
return answer
