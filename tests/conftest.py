"""Fixtures that every folder may use: see `tests/town.py`."""

pytest_plugins = ["tests.town"]
