#!lua
-- Puts new jobs in line; known ones stay as they are. Without allow-oom: a server that is full takes no work, but drains.
-- ARGV: time, depth allowed in all, to a place, to a person, calls: id, kind, class, place, person, lane, cost, payload,
-- batch. Returns of each "new", "known", "conflict", or "all", "place" or "person": the bound that was met.

local depth, depth_of_place, depth_of_person = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local function bound_met(place, person)
  if unfinished("person:" .. person) >= depth_of_person then return "person" end
  if unfinished("place:" .. place) >= depth_of_place then return "place" end
  if counter("queued") + counter("delayed") >= depth then return "all" end
end

local function submit(id, kind, klass, place, person, lane, cost, payload, batch)
  local known = read(id)
  if known then
    local same = known.kind == kind and known.klass == klass and known.place == place and known.person == person and known.lane == lane
      and (get(PREFIX .. "p:" .. id) or "") == payload
    return same and "known" or "conflict"
  end
  local bound = bound_met(place, person)
  if bound then return bound end
  if payload ~= "" then set(PREFIX .. "p:" .. id, payload) end
  local job = {
    id = id, kind = kind, klass = klass, place = place, person = person, lane = lane, cost = tonumber(cost), seq = count("seq"),
    attempts = 0, away = 0, token = 0, batch = batch ~= "" and batch or nil,
  }
  own(job, 1)
  queue(job)
  return "new"
end

local answers = each_call(submit)
keep()
return answers
