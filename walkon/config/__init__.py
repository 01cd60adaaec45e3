"""What the host set: typed sections from `config.toml` and the environment, or every fault at once with its mend."""

from walkon.config.reading import load
from walkon.config.rules import scattered
from walkon.config.sections import (
    AllowSection,
    Backend,
    Config,
    DiscordSection,
    Dtype,
    EngineSection,
    HealthSection,
    LimitsSection,
    MediaSection,
    ModerationSection,
    PersonQuotas,
    ProvenanceSection,
    QueueSection,
    Quotas,
    Secret,
    StoreSection,
    TelegramSection,
    WalkonSection,
    WebSection,
)

__all__ = [
    "AllowSection",
    "Backend",
    "Config",
    "DiscordSection",
    "Dtype",
    "EngineSection",
    "HealthSection",
    "LimitsSection",
    "MediaSection",
    "ModerationSection",
    "PersonQuotas",
    "ProvenanceSection",
    "QueueSection",
    "Quotas",
    "Secret",
    "StoreSection",
    "TelegramSection",
    "WalkonSection",
    "WebSection",
    "load",
    "scattered",
]
