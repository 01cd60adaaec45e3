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

-- Numbers that are whole, which is all of them, in digits. A command that is given a number itself writes it as a fraction first,
-- which takes longer than most commands do. New strings are dear too, so what is asked for again and again is kept, here as below.
local known_digits = {}

local function digits(number)
  local known = known_digits[number]
  if not known then
    known = string.format("%d", number)
    known_digits[number] = known
  end
  return known
end

-- What a script writes is held back to its end, for all the calls that came together, and written in few commands.
-- Key to value, and sorted set to member to score, false for none; `keep` of turns.lua writes both.
local values, ranks = {}, {}

local function get(key) return values[key] or redis.call("GET", key) end

local function set(key, value) values[key] = value end

local function rank(key, member, score)
  ranks[key] = ranks[key] or {}
  ranks[key][member] = score
end

-- A command that is given nothing has nothing to do.
local function call_with(command, key, arguments)
  if #arguments > 0 then redis.call(command, key, unpack(arguments)) end
end

local function write_down()
  local said = {}
  for key, value in pairs(values) do
    said[#said + 1] = key
    said[#said + 1] = value
  end
  if #said > 0 then redis.call("MSET", unpack(said)) end
  for key, members in pairs(ranks) do
    local there, gone = {}, {}
    for member, score in pairs(members) do
      if score then
        there[#there + 1] = digits(score)
        there[#there + 1] = member
      else
        gone[#gone + 1] = member
      end
    end
    call_with("ZREM", key, gone)
    call_with("ZADD", key, there)
  end
  values, ranks = {}, {}
end

-- Runs calls that came together: the last of ARGV holds the arguments of each, packed. Returns all answers.
local calls
local function each_call(run)
  local answers = {}
  calls = calls or cmsgpack.unpack(ARGV[#ARGV])
  for at, call in ipairs(calls) do answers[at] = run(unpack(call)) end
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

local function own_one(name, by)
  local is, owner = unfinished(name), owned[name]
  owner.is, owner.changed = is + by, true
end

local function own(job, by)
  own_one("person:" .. job.person, by)
  own_one("place:" .. job.place, by)
end

local function keep_counts()
  local said = {}
  for name in pairs(counted) do
    said[#said + 1] = name
    said[#said + 1] = digits(counts[name])
  end
  call_with("HSET", QUEUE, said)
  local more, none = {}, {}
  for name, owner in pairs(owned) do
    if owner.changed and owner.is > 0 then
      more[#more + 1] = name
      more[#more + 1] = digits(owner.is)
    elseif owner.changed then
      none[#none + 1] = name
    end
  end
  call_with("HSET", OWNED, more)
  call_with("HDEL", OWNED, none)
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

-- Jobs in hand, by id: what is changed of one is seen by all that the script still does.
local jobs = {}

local function take_in_hand(id, packed)
  if not packed then return nil end
  local job = cmsgpack.unpack(packed)
  job.id, jobs[id] = id, job
  return job
end

local function read(id) return jobs[id] or take_in_hand(id, redis.call("GET", PREFIX .. "j:" .. id)) end

-- Many at once, for those that `read` will ask for.
local function foresee(ids)
  if #ids == 0 then return end
  local names = {}
  for at, id in ipairs(ids) do names[at] = PREFIX .. "j:" .. id end
  for at, packed in ipairs(redis.call("MGET", unpack(names))) do take_in_hand(ids[at], packed) end
end

local function write(job)
  local id = job.id
  job.id = nil
  local packed = cmsgpack.pack(job)
  job.id, jobs[id] = id, job
  set(PREFIX .. "j:" .. id, packed)
  return packed
end

local paths = {}

local function path_of(job)
  paths[job] = paths[job] or { job.klass, job.place, job.person }
  return paths[job]
end

-- Names may hold any character, so those that another follows are told by their length.
local names_sized = {}

local function sized(name)
  names_sized[name] = names_sized[name] or ":" .. digits(#name) .. ":" .. name
  return names_sized[name]
end

local function line_of(path, lane) return PREFIX .. "l:" .. path[1] .. sized(path[2]) .. sized(path[3]) .. ":" .. lane end

local own_lines = {}

local function own_line(job)
  own_lines[job] = own_lines[job] or line_of(path_of(job), job.lane)
  return own_lines[job]
end

-- Equal scores are told apart by member, so a number before the id orders them as it is ordered.
local function ranked(number, id) return string.format("%016d:", number) .. id end

local function id_in(member) return string.sub(member, 18) end

local function in_line(job) return digits(job.cost) .. " " .. job.id end

local function id_in_line(member) return string.sub(member, string.find(member, " ", 1, true) + 1) end

-- In hand: line to the members in front. all: nobody is behind them.
local heads_of_lines = {}

-- The oldest and the one behind, which tells whether the line will be empty.
local function front_of_line(line)
  local front = heads_of_lines[line]
  if not front or (#front == 0 and not front.all) then
    front = redis.call("ZRANGE", line, "0", "1")
    front.all, heads_of_lines[line] = #front < 2, front
  end
  return front
end

local function enter_line(job) redis.call("ZADD", own_line(job), digits(job.seq), in_line(job)) end

local function leave_line(job)
  local line, member = own_line(job), in_line(job)
  local front = heads_of_lines[line]
  if front and front[1] == member then table.remove(front, 1) else heads_of_lines[line] = nil end
  redis.call("ZREM", line, member)
end

-- Whether a job of the same person is in line in the same lane.
local function waits(job)
  local front = heads_of_lines[own_line(job)]
  if front and (front.all or #front > 0) then return #front > 0 end
  return redis.call("EXISTS", own_line(job)) == 1
end

local function tally(job, by)
  add(job.state, by)
  if job.state == "queued" or job.state == "delayed" then add("waiting_ms", by * job.cost) end
  if job.state == "queued" then count("line") end
end

local function leave_state(job)
  tally(job, -1)
  if job.state == "queued" then leave_line(job)
  elseif job.state == "running" then rank(LEASES, ranked(job.token, job.id), false)
  elseif job.state == "delayed" then rank(DELAYED, ranked(job.seq, job.id), false)
  else
    rank(ENDED, job.id, false)
    rank(DEAD, ranked(job.token, job.id), false)
  end
end

local function enter_state(job, state)
  job.state = state
  tally(job, 1)
  if state == "queued" then enter_line(job)
  elseif state == "running" then rank(LEASES, ranked(job.token, job.id), job["until"])
  elseif state == "delayed" then rank(DELAYED, ranked(job.seq, job.id), job.ready)
  else
    rank(ENDED, job.id, job.ended)
    if state == "dead" then rank(DEAD, ranked(job.token, job.id), job.ended) end
  end
  return write(job)
end

-- A call whose answer would be another the second time leaves it here; call: a name that its repeat has too.
local function answer_to(call) return redis.call("GET", PREFIX .. "a:" .. call) end

local function leave_answer(call, answer) redis.call("SET", PREFIX .. "a:" .. call, answer, "PX", digits(ANSWER_MS)) end
