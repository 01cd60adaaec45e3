"""What was asked for and what became of it: clips, from the first word to the last state."""
