"""What was promised and what was finished, on disk. It knows no rule: rooms decide, the store remembers."""
