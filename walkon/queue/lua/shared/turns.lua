-- Fair turns: the rules of walkon/queue/fairness.py, over hashes of nodes and sorted sets of those who stand in line.
--
-- A path is { class, place, person }, a depth tells how much of it is meant: 0 the root, 3 the person. A node is
-- { t = tag, c = clock, a = arrival, r = running, l = lanes in which it stands, w = lanes in which somebody below stands }.
-- f:<parent> holds a node's children, t:<parent>:<lane> those that stand, by tag, i:<parent> the idle ones, by tag.

-- In hand: parent's name to child's name to node. idle_known: those that stand in the index of idle ones.
local nodes, root, idle_known = {}, nil, {}

local function is_idle(flow) return flow.r == 0 and next(flow.l) == nil and next(flow.w) == nil end

local function below(path, depth)
  if depth == 0 then return "" end
  if depth == 1 then return path[1] end
  return path[1] .. ":" .. #path[2] .. ":" .. path[2]
end

local function ring(path, depth, lane) return PREFIX .. "t:" .. below(path, depth) .. ":" .. lane end

local function load_node(parent, name)
  local packed = redis.call("HGET", PREFIX .. "f:" .. parent, name)
  if not packed then return { t = 0, c = 0, a = 0, r = 0, l = {}, w = {} } end
  local flow = cmsgpack.unpack(packed)
  idle_known[flow] = is_idle(flow)
  return flow
end

local function node(path, depth)
  if depth == 0 then
    root = root or load_node("", "")
    return root
  end
  local parent = below(path, depth - 1)
  nodes[parent] = nodes[parent] or {}
  nodes[parent][path[depth]] = nodes[parent][path[depth]] or load_node(parent, path[depth])
  return nodes[parent][path[depth]]
end

local changed = {}

local function touch(flow) changed[flow] = true end

local function write_node(parent, name, flow)
  if not changed[flow] then return end
  changed[flow] = nil
  redis.call("HSET", PREFIX .. "f:" .. parent, name, cmsgpack.pack(flow))
end

local function keep_node(parent, name, flow)
  if not changed[flow] then return end
  write_node(parent, name, flow)
  for lane in pairs(flow.l) do redis.call("ZADD", PREFIX .. "t:" .. parent .. ":" .. lane, flow.t, name) end
  if is_idle(flow) then redis.call("ZADD", PREFIX .. "i:" .. parent, flow.t, name)
  elseif idle_known[flow] then redis.call("ZREM", PREFIX .. "i:" .. parent, name) end
  idle_known[flow] = is_idle(flow)
end

-- Writes down what was changed; the last step of every script that touches turns.
local function keep_turns()
  if next(changed) == nil then return end
  for parent, children in pairs(nodes) do
    for name, flow in pairs(children) do keep_node(parent, name, flow) end
  end
  if root then write_node("", "", root) end
  changed = {}
  count("line")
end

local function charge_of(path, depth, cost)
  return math.floor(cost * TAGS_PER_MS / (depth == 1 and WEIGHTS[path[1]] or 1))
end

local function held(place) return redis.call("SISMEMBER", PAUSED, place) == 1 end

-- Some of the children that are idle and no longer ahead of the clock; those in hand are seen to when they are kept.
local function forget_caught_up(path, depth, clock)
  local parent = below(path, depth)
  local index = PREFIX .. "i:" .. parent
  for _, name in ipairs(redis.call("ZRANGEBYSCORE", index, "-inf", clock, "LIMIT", 0, FORGET_AT_ONCE)) do
    if not (nodes[parent] and nodes[parent][name]) then
      redis.call("ZREM", index, name)
      redis.call("HDEL", PREFIX .. "f:" .. parent, name)
    end
  end
end

-- Places that are held while people wait in them stay, but owe nothing any more.
local function held_below(path, depth)
  local kept = {}
  if depth ~= 1 then return kept end
  for _, place in ipairs(redis.call("SMEMBERS", PAUSED)) do
    local flow = node({ path[1], place }, 2)
    if next(flow.w) ~= nil then
      flow.t = 0
      touch(flow)
      kept[place] = flow
    end
  end
  return kept
end

-- Nobody below runs or stands: at once, however many they are.
local function forget_all(path, depth)
  local parent = below(path, depth)
  nodes[parent] = held_below(path, depth)
  redis.call("UNLINK", PREFIX .. "f:" .. parent, PREFIX .. "i:" .. parent)
  if depth == 0 then touch(root) end
end

local function enter(path, depth, lane)
  local flow, parent = node(path, depth), node(path, depth - 1)
  if next(flow.l) == nil then
    parent.a = math.max(parent.c, parent.a + 1)
    flow.t = math.max(flow.t, parent.a)
  end
  flow.l[lane], parent.w[lane] = 1, 1
  touch(flow)
  touch(parent)
  redis.call("ZADD", ring(path, depth - 1, lane), flow.t, path[depth])
end

local function leave(path, depth, lane)
  while depth > 0 and node(path, depth).l[lane] do
    node(path, depth).l[lane] = nil
    touch(node(path, depth))
    depth = depth - 1
    redis.call("ZREM", ring(path, depth, lane), path[depth + 1])
    if redis.call("EXISTS", ring(path, depth, lane)) == 1 then return end
    node(path, depth).w[lane] = nil
    touch(node(path, depth))
  end
end

local function tidy(path, depth)
  while depth > 0 do
    depth = depth - 1
    local flow = node(path, depth)
    if flow.r > 0 or next(flow.w) ~= nil then return end
    forget_all(path, depth)
  end
end

local function join(path, depth, lane)
  while depth > 0 and not node(path, depth).l[lane] do
    if depth == 2 and held(path[2]) then return end
    enter(path, depth, lane)
    depth = depth - 1
  end
end

local function withdraw(path, lane)
  leave(path, 3, lane)
  tidy(path, 3)
end

-- Name and tag of the first child in the rings of the lanes.
local function first(path, depth, lanes)
  local name, tag
  for _, lane in ipairs(lanes) do
    local head = redis.call("ZRANGE", ring(path, depth, lane), 0, 0, "WITHSCORES")
    local its = tonumber(head[2])
    if its and (not tag or its < tag or (its == tag and comes_before(head[1], name))) then name, tag = head[1], its end
  end
  return name, tag
end

-- The person whose turn it is, and the lanes among which the oldest job is the one. warm: lanes that may go before, by so many ms
-- of work. Nothing may have been changed before this that is not kept.
local function next_turn(lanes, warm, swap)
  local path, near = {}, #warm > 0 and warm
  for depth = 0, 2 do
    local name, tag = first(path, depth, lanes)
    if not name then return nil end
    if near and near ~= lanes then
      local close, its = first(path, depth, near)
      path[depth + 1] = close
      if close and close ~= name and its - charge_of(path, depth + 1, swap) <= tag then name, lanes = close, near end
    end
    path[depth + 1] = name
  end
  return path, lanes
end

-- The names of the first few children in the ring, none far ahead of the first of them.
local function close_heads(path, depth, lane)
  local heads, names = redis.call("ZRANGE", ring(path, depth, lane), 0, BREADTH - 1, "WITHSCORES"), {}
  for at = 1, #heads, 2 do
    path[depth + 1] = heads[at]
    if tonumber(heads[at + 1]) - charge_of(path, depth + 1, MAX_LAG / TAGS_PER_MS) <= tonumber(heads[2]) then names[#names + 1] = heads[at] end
  end
  path[depth + 1] = nil
  return names
end

local function start(path, cost, emptied)
  local parent = node(path, 0)
  parent.r = parent.r + 1
  for depth = 1, 3 do
    local flow = node(path, depth)
    local tag = math.max(flow.t, parent.c - MAX_LAG)
    parent.c = math.max(parent.c, tag)
    forget_caught_up(path, depth - 1, parent.c)
    flow.t = tag + charge_of(path, depth, cost)
    flow.r = flow.r + 1
    touch(parent)
    touch(flow)
    parent = flow
  end
  if emptied then leave(path, 3, emptied) end
end

local function settle(path, charged, used)
  for depth = 0, 3 do
    local flow = node(path, depth)
    flow.t = flow.t + charge_of(path, depth, used) - charge_of(path, depth, charged)
    flow.r = flow.r - 1
    touch(flow)
  end
  tidy(path, 3)
end

local function lanes_below(path, depth)
  local lanes = {}
  for lane in pairs(node(path, depth).w) do lanes[#lanes + 1] = lane end
  table.sort(lanes, comes_before)
  return lanes
end

local function hold(place)
  for _, klass in ipairs(CLASSES) do
    local path = { klass, place }
    for _, lane in ipairs(lanes_below(path, 2)) do leave(path, 2, lane) end
    tidy(path, 2)
  end
end

local function let_go(place)
  for _, klass in ipairs(CLASSES) do
    local path = { klass, place }
    for _, lane in ipairs(lanes_below(path, 2)) do join(path, 2, lane) end
  end
end
