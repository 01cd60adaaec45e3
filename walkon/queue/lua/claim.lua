#!lua flags=allow-oom
-- Leases, for each call, the job whose turn it is, and others that may be worked on together with it.
-- ARGV: time, lease in ms, calls: worker, claim id, most jobs, swap in ms, how many lanes, lanes…, warm ones among them…
-- Returns of each: id, record and payload of every job.

local lease_ms = tonumber(ARGV[2])

-- Puts the payloads to leases, which are ids and records.
local function laden(leases)
  local names = {}
  for at, lease in ipairs(leases) do names[at] = PREFIX .. "p:" .. lease[1] end
  for at, payload in ipairs(#names > 0 and redis.call("MGET", unpack(names)) or {}) do leases[at][3] = payload or "" end
  return leases
end

local function oldest(path, among)
  if #among == 1 then return read(id_in_line(front_of_line(line_of(path, among[1]))[1])) end
  local id, seq
  for _, lane in ipairs(among) do
    local head = redis.call("ZRANGE", line_of(path, lane), "0", "0", "WITHSCORES")
    if head[2] and (not seq or tonumber(head[2]) < seq) then id, seq = id_in_line(head[1]), tonumber(head[2]) end
  end
  return read(id)
end

local function hand_out(path, job, worker, claim)
  leave_state(job)
  job.attempts, job.token, job.worker, job.claim = job.attempts + 1, count("token"), worker, claim
  job.since, job["until"], job.beats, job.answered = NOW, NOW + lease_ms, 0, nil
  local packed = enter_state(job, "running")
  start(path, job.cost, not waits(job) and job.lane or nil, job.token % 4 == 0)
  return { job.id, packed }
end

-- What still runs of a claim that was answered before; nothing if it was not.
local function answered(claim)
  local ids, leases = redis.call("GET", PREFIX .. "c:" .. claim)
  for _, id in ipairs(ids and cmsgpack.unpack(ids) or {}) do
    local job = read(id)
    if job and job.claim == claim and job["until"] > NOW then
      leases = leases or {}
      if job.state == "running" then leases[#leases + 1] = { id, get(PREFIX .. "j:" .. id) } end
    end
  end
  return leases
end

local function set_aside(path, job)
  leave_state(job)
  job.error = UNKNOWN_KIND
  finish(job, "dead")
  if not waits(job) then withdraw(path, job.lane) end
end

local function next_job(lanes, warm, swap)
  while true do
    local path, among = next_turn(lanes, warm, swap)
    if not path then return nil end
    local job = oldest(path, among)
    if KINDS[job.kind] then return path, job end
    set_aside(path, job)
  end
end

local function claim_next(worker, claim, most, swap, known, ...)
  local before = answered(claim)
  if before or draining() then return laden(before or {}) end
  local lanes, warm = { unpack({ ... }, 1, tonumber(known)) }, { unpack({ ... }, tonumber(known) + 1) }
  local path, job = next_job(lanes, warm, tonumber(swap))
  if not path then return {} end
  local leases, ids, lane = { hand_out(path, job, worker, claim) }, { job.id }, { job.lane }
  local function goes_along(there)
    local head = oldest(there, lane)
    return head.batch == job.batch and KINDS[head.kind] and head
  end
  while job.batch and #ids < tonumber(most) do
    keep_rings()
    local found = company(path, 0, job.lane, goes_along)
    if not found then break end
    leases[#leases + 1], ids[#ids + 1] = hand_out(path_of(found), found, worker, claim), found.id
  end
  redis.call("SET", PREFIX .. "c:" .. claim, cmsgpack.pack(ids), "PX", digits(math.max(lease_ms, ANSWER_MS)))
  return laden(leases)
end

promote()
each_call(function(_, _, most) EXPECTED = EXPECTED + tonumber(most) end)
local answers = each_call(claim_next)
keep()
return answers
