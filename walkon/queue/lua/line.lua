#!lua flags=no-writes,allow-oom
-- What is needed to tell places in line, at one moment. ARGV: time, most jobs to list.
-- Returns { time, version, held places, records of running jobs, nodes, jobs }; nodes and jobs are empty if more jobs wait than that.
-- Nodes: class or "", place or "", person or "", packed node. Jobs: class, place, person, lane, member, order.

local counts = redis.call("HMGET", QUEUE, "line", "news", "seq", "token", "queued")
local running, nodes_found, jobs = {}, {}, {}

local function add(list, ...)
  for _, part in ipairs({ ... }) do list[#list + 1] = part end
end

local function list_line(path, lane)
  local members = redis.call("ZRANGE", line_of(path, lane), 0, -1, "WITHSCORES")
  for at = 1, #members, 2 do add(jobs, path[1], path[2], path[3], lane, members[at], members[at + 1]) end
end

-- Only branches that stand are walked, so what is walked is bounded by the jobs that wait.
local function walk(path, depth)
  local lanes = redis.call("HGET", PREFIX .. "f:" .. below(path, depth - 1), path[depth])
  local flow = cmsgpack.unpack(lanes)
  add(nodes_found, path[1], path[2] or "", path[3] or "", lanes)
  if depth == 3 then
    for lane in pairs(flow.l) do list_line(path, lane) end
    return
  end
  local seen = {}
  for lane in pairs(flow.w) do
    for _, name in ipairs(redis.call("ZRANGE", ring(path, depth, lane), 0, -1)) do
      if not seen[name] then
        seen[name] = true
        path[depth + 1] = name
        walk(path, depth + 1)
        path[depth + 1] = nil
      end
    end
  end
end

for _, member in ipairs(redis.call("ZRANGE", LEASES, 0, -1)) do add(running, redis.call("GET", PREFIX .. "j:" .. id_in(member))) end
if tonumber(counts[5] or "0") <= tonumber(ARGV[2]) then
  add(nodes_found, "", "", "", redis.call("HGET", PREFIX .. "f:", "") or cmsgpack.pack({ t = 0, c = 0, a = 0, r = 0, l = {}, w = {} }))
  local top = {}
  for lane in pairs(node({}, 0).w) do
    for _, klass in ipairs(redis.call("ZRANGE", ring({}, 0, lane), 0, -1)) do top[klass] = true end
  end
  for klass in pairs(top) do walk({ klass }, 1) end
end
for at = 1, 4 do counts[at] = counts[at] or "" end
return { string.format("%.0f", NOW), table.concat(counts, " ", 1, 4), redis.call("SMEMBERS", PAUSED), running, nodes_found, jobs, counts[5] or "0" }
