"""Draws the animatic: stage, actors, camera. Runs only in the engine's child process."""
