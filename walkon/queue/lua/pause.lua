#!lua flags=allow-oom
-- Holds a place or lets it go. ARGV: time, place, "1" to hold.

if ARGV[3] == "1" then
  if redis.call("SADD", PAUSED, ARGV[2]) == 1 then hold(ARGV[2]) end
elseif redis.call("SREM", PAUSED, ARGV[2]) == 1 then
  let_go(ARGV[2])
  tell()
end
keep()
return 1
