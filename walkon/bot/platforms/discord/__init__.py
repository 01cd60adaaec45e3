"""Discord, through discord.py. No other room imports that library."""
