#!lua
-- Puts a new job in line; a known one stays as it is. Without allow-oom: a server that is full takes no work, but drains.
-- ARGV: time, id, kind, class, place, person, lane, cost, payload, batch, depth allowed in all, to a place, to a person.
-- Returns "new", "known", "conflict", or "all", "place" or "person": the bound that was met.

local id, payload = ARGV[2], ARGV[9]
local known = read(id)
if known then
  local same = known.kind == ARGV[3] and known.klass == ARGV[4] and known.place == ARGV[5]
    and known.person == ARGV[6] and known.lane == ARGV[7] and (redis.call("GET", PREFIX .. "p:" .. id) or "") == payload
  return same and "known" or "conflict"
end
local owned = redis.call("HMGET", OWNED, "person:" .. ARGV[6], "place:" .. ARGV[5])
if tonumber(owned[1] or "0") >= tonumber(ARGV[13]) then return "person" end
if tonumber(owned[2] or "0") >= tonumber(ARGV[12]) then return "place" end
local counts = redis.call("HMGET", QUEUE, "queued", "delayed")
if tonumber(counts[1] or "0") + tonumber(counts[2] or "0") >= tonumber(ARGV[11]) then return "all" end
if payload ~= "" then redis.call("SET", PREFIX .. "p:" .. id, payload) end
local job = {
  id = id, kind = ARGV[3], klass = ARGV[4], place = ARGV[5], person = ARGV[6], lane = ARGV[7], cost = tonumber(ARGV[8]),
  seq = count("seq"), attempts = 0, away = 0, token = 0, batch = ARGV[10] ~= "" and ARGV[10] or nil,
}
own(job, 1)
queue(job)
keep_turns()
return "new"
