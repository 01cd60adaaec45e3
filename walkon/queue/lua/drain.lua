#!lua flags=allow-oom
-- Stops or resumes handing out. ARGV: time, "1" to stop.

redis.call("HSET", QUEUE, "draining", ARGV[2])
tell()
keep()
return 1
