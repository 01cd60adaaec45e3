"""The painted sets: one painter for each depth of each place."""
