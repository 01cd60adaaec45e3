"""The wait that is told: no start of a job falls outside it, however many workers there are."""

import heapq

from hypothesis import given
from hypothesis import strategies as st

from walkon.queue.line import SPREAD, Spot, ToldLine

jobs = st.tuples(st.integers(0, 300_000), st.floats(*SPREAD))
"""Expected milliseconds, and how much of that it really takes."""


@given(running=st.lists(jobs, min_size=1, max_size=6), waiting=st.lists(jobs, max_size=20))
def test_every_job_starts_within_the_range_that_was_told_when_estimates_are_as_good_as_assumed(running, waiting):
    free_at = [cost_ms * off for cost_ms, off in running]
    heapq.heapify(free_at)
    told = ToldLine(end=Spot(1, 0, 0))
    for cost_ms, off in waiting:
        standing = told.standing("job", [cost for cost, _ in running])
        starts = heapq.heappop(free_at)
        assert standing.starts_ms[0] <= starts + 1 and starts <= standing.starts_ms[1] + 1
        heapq.heappush(free_at, starts + cost_ms * off)
        spot = told.end
        told = ToldLine(end=Spot(spot.position + 1, spot.ahead_ms + cost_ms, max(spot.dearest_ms, cost_ms)))
