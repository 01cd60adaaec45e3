"""Fixtures that every folder may use: see `tests/stores.py`, `tests/town.py` and `tests/troupe.py`."""

pytest_plugins = ["tests.stores", "tests.town", "tests.troupe"]
