"""Fixtures that every folder may use: see `tests/stores.py`, `tests/town.py` and `tests/troupe.py`."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.stores", "tests.town", "tests.troupe"]

# As in walkon's own child processes: tests that load a voice in theirs report nothing to anybody either.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# The same examples each time, and no example fails for being slow: `--hypothesis-profile=search` looks for new ones.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("search"), derandomize=True, database=None)
settings.load_profile("steady")
