"""The bot: what people type becomes work, what is finished comes back to them."""
