"""The changes, in order of their number."""
