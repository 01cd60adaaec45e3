"""Fixtures that every folder may use: see `tests/stores.py` and `tests/town.py`."""

pytest_plugins = ["tests.stores", "tests.town"]
