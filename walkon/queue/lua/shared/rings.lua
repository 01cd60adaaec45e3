-- Rings: who stands below a node in a lane, in order of tags, and equal ones of names. A script that hands out many jobs asks the same
-- rings again and again: the first of each are kept in hand, and changed tags are written once, at the end.

-- How many jobs the script is about to hand out at most.
local EXPECTED = 0

-- In hand: ring to those in front, { name, tag } each, in order. all: nobody else stands there; else the others come behind them.
local fronts = {}

-- Ring to name to the tag that is to be written.
local retagged = {}

local function write_ring(ring)
  local said = {}
  for name, tag in pairs(retagged[ring] or {}) do
    said[#said + 1] = digits(tag)
    said[#said + 1] = name
  end
  retagged[ring] = nil
  call_with("ZADD", ring, said)
end

local function write_rings()
  for ring in pairs(retagged) do write_ring(ring) end
end

local function load_front(ring, most)
  write_ring(ring)
  local found, front = redis.call("ZRANGE", ring, "0", digits(most - 1), "WITHSCORES"), {}
  for at = 1, #found, 2 do front[#front + 1] = { found[at], tonumber(found[at + 1]) } end
  front.all = #front < most
  fronts[ring] = front
  return front
end

-- The first so many in the ring, or all of them if they are fewer; more are in hand if the script may need more.
local function front_of(ring, least)
  local front = fronts[ring]
  if front and (front.all or #front >= least) then return front end
  return load_front(ring, math.max(least, math.min(EXPECTED, FRONT)))
end

-- The name of the first alone, where the ring will not be asked for again.
local function head_of(ring)
  if EXPECTED > 1 or fronts[ring] then return (front_of(ring, 1)[1] or {})[1] end
  write_ring(ring)
  return redis.call("ZRANGE", ring, "0", "0")[1]
end

local function drop(front, name)
  for at, each in ipairs(front) do
    if each[1] == name then return table.remove(front, at) end
  end
end

local function place_in(front, name, tag)
  local entry, at = drop(front, name) or { name }, #front + 1
  entry[2] = tag
  while at > 1 and (tag < front[at - 1][2] or (tag == front[at - 1][2] and comes_before(name, front[at - 1][1]))) do at = at - 1 end
  -- Behind the last one in hand there may be others, who come before this one.
  if at <= #front or front.all then table.insert(front, at, entry) end
end

local function retag(ring, name, tag)
  retagged[ring] = retagged[ring] or {}
  retagged[ring][name] = tag
  if fronts[ring] then place_in(fronts[ring], name, tag) end
end

-- Whoever comes and goes does so at once, unlike a changed tag, so that the server knows of every ring whether it is empty. Nobody
-- comes after somebody's turn was asked for.
local function enter_ring(ring, name, tag) redis.call("ZADD", ring, digits(tag), name) end

local function leave_ring(ring, name)
  redis.call("ZREM", ring, name)
  if retagged[ring] then retagged[ring][name] = nil end
  if fronts[ring] then drop(fronts[ring], name) end
end

local function is_empty(ring)
  local front = fronts[ring]
  if front and (front.all or #front > 0) then return #front == 0 end
  return redis.call("EXISTS", ring) == 0
end
