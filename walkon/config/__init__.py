"""What the host set: typed sections from `config.toml` and the environment, or every fault at once with its mend."""

from walkon.config.reading import load
from walkon.config.rules import scattered
from walkon.config.sections import (
    Backend,
    Config,
    DiscordSection,
    Dtype,
    EngineSection,
    HealthSection,
    MediaSection,
    ModerationSection,
    ProvenanceSection,
    QueueSection,
    Secret,
    StoreSection,
    TelegramSection,
    WalkonSection,
    WebSection,
)

__all__ = [
    "Backend",
    "Config",
    "DiscordSection",
    "Dtype",
    "EngineSection",
    "HealthSection",
    "MediaSection",
    "ModerationSection",
    "ProvenanceSection",
    "QueueSection",
    "Secret",
    "StoreSection",
    "TelegramSection",
    "WalkonSection",
    "WebSection",
    "load",
    "scattered",
]
