-- Fair turns: the rules of walkon/queue/fairness.py, over hashes of nodes and sorted sets of those who stand in line.
--
-- A path is { class, place, person }, a depth tells how much of it is meant: 0 the root, 3 the person. A node is
-- { t = tag, c = clock, a = arrival, r = running, l = lanes in which it stands, w = lanes in which somebody below stands }.
-- f:<parent> holds a node's children, t:<parent>:<lane> those that stand, by tag, i:<parent> the idle ones, by tag.

-- In hand: parent's name to child's name to node. idle_known: those that stand in the index of idle ones.
local nodes, root, idle_known = {}, nil, {}

local function is_idle(flow) return flow.r == 0 and next(flow.l) == nil and next(flow.w) == nil end

local names_below = {}

local function below(path, depth)
  if depth == 0 then return "" end
  if depth == 1 then return path[1] end
  local of_class = names_below[path[1]] or {}
  names_below[path[1]] = of_class
  of_class[path[2]] = of_class[path[2]] or path[1] .. sized(path[2])
  return of_class[path[2]]
end

local ring_names = {}

local function ring_below(parent, lane)
  local of_lanes = ring_names[parent] or {}
  ring_names[parent] = of_lanes
  of_lanes[lane] = of_lanes[lane] or PREFIX .. "t:" .. parent .. ":" .. lane
  return of_lanes[lane]
end

local function ring(path, depth, lane) return ring_below(below(path, depth), lane) end

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

-- Node to { parent's name, its name }; and those of them whose tag the rings may not know yet.
local changed, moved = {}, {}

local function touch(flow, path, depth)
  if not changed[flow] then changed[flow] = { depth > 0 and below(path, depth - 1) or "", path[depth] or "" } end
  moved[flow] = changed[flow]
end

local function keep_node(parent, name, flow, said)
  said[#said + 1] = name
  said[#said + 1] = cmsgpack.pack(flow)
  if name == "" then return end
  local idle = is_idle(flow)
  if idle or idle_known[flow] then rank(PREFIX .. "i:" .. parent, name, idle and flow.t) end
  idle_known[flow] = idle
end

-- Lets the rings know of changed tags, without which nobody's turn can be told.
local function keep_rings()
  for flow, at in pairs(moved) do
    if at[3] ~= flow.t then
      for lane in pairs(flow.l) do retag(ring_below(at[1], lane), at[2], flow.t) end
      at[3] = flow.t
    end
    moved[flow] = nil
  end
end

-- Name to node, and how many idle children to look for below it.
local forgetful = {}

-- Some of the children that are idle and no longer ahead of the clock; those in hand are seen to when they are kept.
local function forget_idle()
  for parent, of in pairs(forgetful) do
    local index = PREFIX .. "i:" .. parent
    local caught_up = redis.call("ZRANGEBYSCORE", index, "-inf", digits(of.flow.c), "LIMIT", "0", digits(of.most))
    for _, name in ipairs(caught_up) do
      if not (nodes[parent] and nodes[parent][name]) then
        redis.call("ZREM", index, name)
        redis.call("HDEL", PREFIX .. "f:" .. parent, name)
      end
    end
  end
  forgetful = {}
end

local function look_for_idle(parent, flow)
  forgetful[parent] = forgetful[parent] or { flow = flow, most = 0 }
  forgetful[parent].most = forgetful[parent].most + FORGET_AT_ONCE
end

-- Writes down what was changed; the last step of every script that changes anything.
local function keep()
  forget_idle()
  if next(changed) ~= nil then
    keep_rings()
    write_rings()
    local said = {}
    for flow, at in pairs(changed) do
      said[at[1]] = said[at[1]] or {}
      keep_node(at[1], at[2], flow, said[at[1]])
    end
    for parent, children in pairs(said) do call_with("HSET", PREFIX .. "f:" .. parent, children) end
    changed = {}
    count("line")
  end
  keep_counts()
  write_down()
end


local function charge_of(path, depth, cost)
  return math.floor(cost * TAGS_PER_MS / (depth == 1 and WEIGHTS[path[1]] or 1))
end

local function held(place) return redis.call("SISMEMBER", PAUSED, place) == 1 end

-- Places that are held while people wait in them stay, but owe nothing any more.
local function held_below(path, depth)
  local kept = {}
  if depth ~= 1 then return kept end
  for _, place in ipairs(redis.call("SMEMBERS", PAUSED)) do
    local flow = node({ path[1], place }, 2)
    if next(flow.w) ~= nil then kept[place] = flow end
  end
  return kept
end

-- Nobody below runs or stands: at once, however many they are.
local function forget_all(path, depth)
  local parent, kept = below(path, depth), held_below(path, depth)
  for _, flow in pairs(nodes[parent] or {}) do changed[flow], moved[flow] = nil, nil end
  nodes[parent] = kept
  redis.call("UNLINK", PREFIX .. "f:" .. parent, PREFIX .. "i:" .. parent)
  for place, flow in pairs(kept) do
    flow.t = 0
    touch(flow, { path[1], place }, 2)
  end
  if depth == 0 then touch(root, path, 0) end
end

local function enter(path, depth, lane)
  local flow, parent = node(path, depth), node(path, depth - 1)
  if next(flow.l) == nil then
    parent.a = math.max(parent.c, parent.a + 1)
    flow.t = math.max(flow.t, parent.a)
  end
  flow.l[lane], parent.w[lane] = 1, 1
  touch(flow, path, depth)
  touch(parent, path, depth - 1)
  enter_ring(ring(path, depth - 1, lane), path[depth], flow.t)
end

local function leave(path, depth, lane)
  while depth > 0 and node(path, depth).l[lane] do
    local flow = node(path, depth)
    flow.l[lane] = nil
    touch(flow, path, depth)
    depth = depth - 1
    local around = ring(path, depth, lane)
    leave_ring(around, path[depth + 1])
    if not is_empty(around) then return end
    flow = node(path, depth)
    flow.w[lane] = nil
    touch(flow, path, depth)
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

-- Name and tag of the first child in the rings of the lanes; without its tag where no other is to be compared with it.
local function first(path, depth, lanes, alone)
  if alone then return head_of(ring(path, depth, lanes[1])) end
  local name, tag
  for _, lane in ipairs(lanes) do
    local head = front_of(ring(path, depth, lane), 1)[1]
    if head and (not tag or head[2] < tag or (head[2] == tag and comes_before(head[1], name))) then name, tag = head[1], head[2] end
  end
  return name, tag
end

-- The person whose turn it is, and the lanes among which the oldest job is the one. warm: lanes that may go before, by so many ms
-- of work.
local function next_turn(lanes, warm, swap)
  keep_rings()
  local path, near = {}, #warm > 0 and warm
  for depth = 0, 2 do
    local name, tag = first(path, depth, lanes, #lanes == 1)
    if not name then return nil end
    if near and #lanes > 1 and near ~= lanes then
      local close, its = first(path, depth, near)
      path[depth + 1] = close
      if close and close ~= name and its - charge_of(path, depth + 1, swap) <= tag then name, lanes = close, near end
    end
    path[depth + 1] = name
  end
  return path, lanes
end

-- Goes over the people next in turn in the lane, in order, none of them far ahead of the first, until one is found to be right.
-- path: { }; when it ends early it leads to that person. Returns what `right` said.
local function company(path, depth, lane, right)
  if depth == 3 then return right(path) end
  -- The first is right nearly always, so the others are not asked for before they are needed.
  local around = ring(path, depth, lane)
  local heads = front_of(around, 1)
  for at = 1, BREADTH do
    if at == 2 then heads = front_of(around, BREADTH) end
    if not heads[at] then break end
    path[depth + 1] = heads[at][1]
    if at == 1 or heads[at][2] - charge_of(path, depth + 1, MAX_LAG / TAGS_PER_MS) <= heads[1][2] then
      local found = company(path, depth + 1, lane, right)
      if found then return found end
    end
  end
  path[depth + 1] = nil
end

-- forget: whether to look for idle nodes at the end, too; every fourth time is often enough for none to pile up.
local function start(path, cost, emptied, forget)
  local parent = node(path, 0)
  parent.r = parent.r + 1
  touch(parent, path, 0)
  for depth = 1, 3 do
    local flow = node(path, depth)
    local tag = math.max(flow.t, parent.c - MAX_LAG)
    parent.c = math.max(parent.c, tag)
    if forget then look_for_idle(below(path, depth - 1), parent) end
    flow.t = tag + charge_of(path, depth, cost)
    flow.r = flow.r + 1
    touch(flow, path, depth)
    parent = flow
  end
  if emptied then leave(path, 3, emptied) end
end

local function settle(path, charged, used)
  for depth = 0, 3 do
    local flow = node(path, depth)
    if used ~= charged then flow.t = flow.t + charge_of(path, depth, used) - charge_of(path, depth, charged) end
    flow.r = flow.r - 1
    touch(flow, path, depth)
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
