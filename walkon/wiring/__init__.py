"""Builds each role from the configuration and runs them together: the only room that knows every concrete class."""
