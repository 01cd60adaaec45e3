"""The only room that loads weights. It runs in a child process; nothing of the worker or the bot imports it."""
