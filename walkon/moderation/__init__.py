"""Who may hold whom back, for how long, and what was done: rules and records. Stopping the work itself is the bot's."""
