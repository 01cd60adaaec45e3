"""walkon: a self-hosted, consent-first AI video bot for Discord, Telegram and a local page."""

__version__ = "0.1.0"
