#!lua
-- Puts a new job in line; a known one stays as it is. Without allow-oom: a server that is full takes no work, but drains.
-- ARGV: time, id, kind, class, place, person, lane, cost, payload, depth allowed. Returns "new", "known", "conflict" or "full".

local id, payload = ARGV[2], ARGV[9]
local known = read(id)
if known then
  local same = known.kind == ARGV[3] and known.klass == ARGV[4] and known.place == ARGV[5]
    and known.person == ARGV[6] and known.lane == ARGV[7] and (redis.call("GET", PREFIX .. "p:" .. id) or "") == payload
  return same and "known" or "conflict"
end
local counts = redis.call("HMGET", QUEUE, "queued", "delayed")
if tonumber(counts[1] or "0") + tonumber(counts[2] or "0") >= tonumber(ARGV[10]) then return "full" end
if payload ~= "" then redis.call("SET", PREFIX .. "p:" .. id, payload) end
queue({
  id = id, kind = ARGV[3], klass = ARGV[4], place = ARGV[5], person = ARGV[6], lane = ARGV[7], cost = tonumber(ARGV[8]),
  seq = count("seq"), attempts = 0, away = 0, token = 0,
})
keep_turns()
return "new"
