-- A job's record, the set of its state, the counts, and the clock. Every key begins with the queue's one hash tag, KEYS[1].

local PREFIX = KEYS[1] .. ":" .. SCHEMA .. ":"
local QUEUE, PAUSED, OWNED = PREFIX .. "q", PREFIX .. "paused", PREFIX .. "d"
local LEASES, DELAYED, DEAD, ENDED = PREFIX .. "leases", PREFIX .. "delayed", PREFIX .. "dead", PREFIX .. "ended"

-- ARGV[1]: the time in milliseconds, or empty for the server's own, which is the rule.
local function read_clock()
  if ARGV[1] ~= "" then return tonumber(ARGV[1]) end
  local time = redis.call("TIME")
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local NOW = read_clock()

-- Runs calls that came together: ARGV from `first` on holds of each how many arguments it has, then those. Returns all answers.
local function each_call(first, run)
  local answers = {}
  while first <= #ARGV do
    local last = first + tonumber(ARGV[first])
    answers[#answers + 1] = run(unpack(ARGV, first + 1, last))
    first = last + 1
  end
  return answers
end

-- The queue's numbers, and how many unfinished jobs people and places have: read once, and written down by `keep_counts`.
local COUNTERS = { "queued", "delayed", "running", "done", "dead", "cancelled", "waiting_ms", "line", "news", "seq", "token", "draining" }
local counts, counted, owned = nil, {}, {}

local function counter(name)
  if not counts then
    counts = {}
    for at, value in ipairs(redis.call("HMGET", QUEUE, unpack(COUNTERS))) do counts[COUNTERS[at]] = tonumber(value or "0") end
  end
  return counts[name]
end

local function add(name, by)
  local value = counter(name) + by
  counts[name], counted[name] = value, true
  return value
end

local function count(name) return add(name, 1) end

local function draining() return counter("draining") == 1 end

-- name: "person:…" or "place:…"
local function unfinished(name)
  owned[name] = owned[name] or { is = tonumber(redis.call("HGET", OWNED, name) or "0") }
  return owned[name].is
end

local function own(job, by)
  for _, name in ipairs({ "person:" .. job.person, "place:" .. job.place }) do
    owned[name] = { is = unfinished(name) + by, changed = true }
  end
end

local function keep_counts()
  local said = {}
  for name in pairs(counted) do
    said[#said + 1] = name
    said[#said + 1] = string.format("%.0f", counts[name])
  end
  if #said > 0 then redis.call("HSET", QUEUE, unpack(said)) end
  for name, owner in pairs(owned) do
    if owner.changed and owner.is > 0 then redis.call("HSET", OWNED, name, owner.is)
    elseif owner.changed then redis.call("HDEL", OWNED, name) end
  end
  counted, owned = {}, {}
end

-- Somebody may wait for what was just done.
local function tell() count("news") end

-- Lua would compare strings by the server's locale; sorted sets, and the other queues, compare bytes.
local function comes_before(a, b)
  for at = 1, math.min(#a, #b) do
    local left, right = string.byte(a, at), string.byte(b, at)
    if left ~= right then return left < right end
  end
  return #a < #b
end

local function read(id)
  local packed = redis.call("GET", PREFIX .. "j:" .. id)
  if not packed then return nil end
  local job = cmsgpack.unpack(packed)
  job.id = id
  return job
end

local function write(job)
  local id = job.id
  job.id = nil
  local packed = cmsgpack.pack(job)
  redis.call("SET", PREFIX .. "j:" .. id, packed)
  job.id = id
  return packed
end

local function path_of(job) return { job.klass, job.place, job.person } end

-- Names may hold any character, so those that another follows are told by their length.
local function line_of(path, lane)
  return PREFIX .. "l:" .. path[1] .. ":" .. #path[2] .. ":" .. path[2] .. ":" .. #path[3] .. ":" .. path[3] .. ":" .. lane
end

-- Equal scores are told apart by member, so a number before the id orders them as it is ordered.
local function ranked(number, id) return string.format("%016.0f:", number) .. id end

local function id_in(member) return string.sub(member, 18) end

local function in_line(job) return string.format("%.0f ", job.cost) .. job.id end

local function id_in_line(member) return string.sub(member, string.find(member, " ", 1, true) + 1) end

local function tally(job, by)
  add(job.state, by)
  if job.state == "queued" or job.state == "delayed" then add("waiting_ms", by * job.cost) end
  if job.state == "queued" then count("line") end
end

local function leave_state(job)
  tally(job, -1)
  if job.state == "queued" then redis.call("ZREM", line_of(path_of(job), job.lane), in_line(job))
  elseif job.state == "running" then redis.call("ZREM", LEASES, ranked(job.token, job.id))
  elseif job.state == "delayed" then redis.call("ZREM", DELAYED, ranked(job.seq, job.id))
  else
    redis.call("ZREM", ENDED, job.id)
    redis.call("ZREM", DEAD, ranked(job.token, job.id))
  end
end

local function enter_state(job, state)
  job.state = state
  tally(job, 1)
  if state == "queued" then redis.call("ZADD", line_of(path_of(job), job.lane), job.seq, in_line(job))
  elseif state == "running" then redis.call("ZADD", LEASES, job["until"], ranked(job.token, job.id))
  elseif state == "delayed" then redis.call("ZADD", DELAYED, job.ready, ranked(job.seq, job.id))
  else
    redis.call("ZADD", ENDED, job.ended, job.id)
    if state == "dead" then redis.call("ZADD", DEAD, job.ended, ranked(job.token, job.id)) end
  end
  return write(job)
end

-- A call whose answer would be another the second time leaves it here; call: a name that its repeat has too.
local function answer_to(call) return redis.call("GET", PREFIX .. "a:" .. call) end

local function leave_answer(call, answer) redis.call("SET", PREFIX .. "a:" .. call, answer, "PX", ANSWER_MS) end
