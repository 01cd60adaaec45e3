"""Turns a prompt into a `Scene`, and a scene into words again. Pure: no I/O but reading its own word lists."""
