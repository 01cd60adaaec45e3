#!lua
-- A dead letter joins the end of its person's line. ARGV: time, id, name of the call. Returns 1, or 0 if it is not dead.

if answer_to(ARGV[3]) then return 1 end
local job = read(ARGV[2])
if not job or job.state ~= "dead" then return 0 end
leave_state(job)
own(job, 1)
job.seq, job.attempts, job.away = count("seq"), 0, 0
job.silent, job.answered, job.error, job.ended = nil, nil, nil, nil
queue(job)
leave_answer(ARGV[3], 1)
keep()
return 1
