"""Voices, score, effects and the mix. Runs only in the engine's child process."""
