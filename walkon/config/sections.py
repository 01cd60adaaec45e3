"""The sections of `config.toml`, one record each; a room is given its section, never the whole.

The `Meta` of a type says in words what a value has to be and shows one that passes: both end up in the message for one
that does not.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Meta, Struct, field

from walkon.telemetry import LogFormat
from walkon.types.harm import TOPICS, USUAL_TOPICS, Category
from walkon.types.people import Locale

SHOWN_OF_A_SECRET = 4
SHORT_SECRET = 12
"""Of a secret with fewer characters nothing is shown."""


class Secret:
    """A token or passphrase. Printing, formatting or logging it shows its last four characters at most."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._value

    def __str__(self) -> str:
        return "…" + (self._value[-SHOWN_OF_A_SECRET:] if len(self._value) >= SHORT_SECRET else "")

    def __repr__(self) -> str:
        return f"Secret('{self}')"

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Backend(StrEnum):
    """An engine that makes clips."""

    ANIMATIC = "animatic"
    DIFFUSERS = "diffusers"
    OPENAI_VIDEOS = "openai-videos"


class Dtype(StrEnum):
    """The numbers a model is run in."""

    AUTO = "auto"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"
    FLOAT32 = "float32"


POSTGRES_SCHEMES = ("postgresql://", "postgres://")
S3_SCHEME = "s3://"
REDIS_SCHEMES = ("redis://", "rediss://", "redis+sentinel://", "rediss+sentinel://", "redis+cluster://", "rediss+cluster://")

Folder = Annotated[Path, Meta(description="a folder in quotes", examples=["~/.local/share/walkon"])]
Language = Annotated[Locale, Meta(description='"en" or "fr"', examples=["en"])]
Format = Annotated[LogFormat, Meta(description='"text" or "json"', examples=["text"])]
Operators = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^((discord|telegram):[0-9]+|web:.+)$")], ...],
    Meta(description='a list of "discord:ID", "telegram:ID" or "web:NAME"', examples=[["discord:123456789012345678"]]),
]
Token = Annotated[Secret, Meta(description="a token in quotes")]
Passphrase = Annotated[Secret, Meta(description="a passphrase of at least 12 characters in quotes")]
Address = Annotated[str, Meta(description="an http:// or https:// address in quotes", examples=["https://clips.example.org"])]
TELEGRAM_URL = "https://api.telegram.org"
"""Telegram's own servers."""
HookSecret = Annotated[Secret, Meta(description="16 to 256 letters, digits, - or _ in quotes")]
StorageChat = Annotated[int, Meta(description="the number of a chat; channels and groups are negative", examples=[-1001234567890])]

# Discord's rule for command names, kept to what Telegram also takes (discord.com/developers, Application Commands: naming).
CommandName = Annotated[
    str, Meta(pattern=r"^[-_a-z0-9]{1,32}$", description="1 to 32 lower-case letters, digits, - or _ in quotes", examples=["sora"])
]
Guild = Annotated[int, Meta(ge=1, le=2**63 - 1, description="the number of a Discord server", examples=[123456789012345678])]
Host = Annotated[str, Meta(pattern=r"^[^\s/\"]+$", description="a host name or address in quotes", examples=["127.0.0.1"])]
Port = Annotated[int, Meta(ge=0, le=65535, description="a whole number from 0 to 65535", examples=[8080])]
LeaseSeconds = Annotated[int, Meta(ge=5, le=3600, description="a whole number of seconds from 5 to 3600", examples=[30])]
AskSeconds = Annotated[
    int, Meta(ge=600, le=604_800, description="a whole number of seconds from 600 (10 minutes) to 604800 (7 days)", examples=[86400])
]
Attempts = Annotated[int, Meta(ge=1, le=100, description="a whole number from 1 to 100", examples=[3])]
Depth = Annotated[int, Meta(ge=1, le=1_000_000, description="a whole number from 1 to 1000000", examples=[10000])]
StoreUrl = Annotated[str, Meta(description="an address in quotes", examples=["postgresql://walkon@db.example.org/walkon"])]
Count = Annotated[int, Meta(ge=1, le=10_000, description="a whole number from 1 to 10000", examples=[10])]
Seconds = Annotated[int, Meta(ge=1, le=1_000_000, description="a whole number of seconds from 1 to 1000000", examples=[600])]
WattHours = Annotated[float, Meta(gt=0, le=1_000_000, description="a number of watt-hours above 0, up to 1000000", examples=[50])]
QuietHours = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="two times of day in quotes",
        examples=["23:00-07:00"],
    ),
]
Age = Annotated[int, Meta(ge=0, le=17, description="a whole number of years from 0 to 17", examples=[13])]
Places = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^(discord:(dm-)?[0-9]+|telegram:-?[0-9]+|web:local)$")], ...],
    Meta(description='a list of "discord:SERVER", "telegram:CHAT" or "web:local"', examples=[["discord:123456789012345678"]]),
]
QueueUrl = Annotated[str, Meta(description="an address in quotes", examples=["redis://127.0.0.1:6379/0"])]
KeyFile = Annotated[Path, Meta(description="a file in quotes", examples=["~/.config/walkon/keys"])]
PemFile = Annotated[Path, Meta(description="a PEM file in quotes", examples=["/etc/walkon/chain.pem"])]
Switch = Annotated[bool, Meta(description="true or false", examples=[True])]
MediaUrl = Annotated[str, Meta(description="an address in quotes", examples=["s3://walkon-clips/host1"])]
Topics = Annotated[
    tuple[Category, ...], Meta(description=f"a list of topics out of {', '.join(TOPICS)}", examples=[["sexual", "violence_gore"]])
]
Files = Annotated[tuple[Path, ...], Meta(description="a list of files in quotes", examples=[["/etc/walkon/words.tsv"]])]
Classifier = Annotated[
    str,
    Meta(min_length=1, description='an address, a folder or "ORG/NAME@REVISION" in quotes', examples=["http://127.0.0.1:8000/v1"]),
]
Names = Annotated[tuple[str, ...], Meta(description="a list of names in quotes", examples=[["Ada Lovelace"]])]
Engine = Annotated[Backend, Meta(description='"animatic", "diffusers" or "openai-videos"', examples=["animatic"])]
InFlight = Annotated[int, Meta(ge=1, le=256, description="a whole number from 1 to 256", examples=[1])]
Servers = Annotated[
    str | tuple[str, ...], Meta(description="an http:// or https:// address, or a list of them", examples=["http://127.0.0.1:30000"])
]
Model = Annotated[
    str, Meta(min_length=1, description='"auto", "tiny:FAMILY", a folder or "ORG/NAME@REVISION" in quotes', examples=["auto"])
]
Numbers = Annotated[Dtype, Meta(description='"auto", "bfloat16", "float16" or "float32"', examples=["auto"])]
CardMemory = Annotated[float, Meta(gt=0, le=1000, description="gigabytes above 0", examples=[16.0])]
Steps = Annotated[int, Meta(ge=1, le=200, description="a whole number from 1 to 200", examples=[16])]
Licences = Annotated[tuple[str, ...], Meta(description='a list of names such as "ltx2"', examples=[["ltx2"]])]


def _default_data_dir() -> Path:
    return Path("~/.local/share/walkon").expanduser()


def _default_key_file() -> Path:
    return Path("~/.config/walkon/keys").expanduser()


class WalkonSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This host as a whole. data_dir is absolute; operators are `PersonId`s that may do everything here."""

    data_dir: Folder = field(default_factory=_default_data_dir)
    language: Language = Locale.EN
    log_format: Format = LogFormat.TEXT
    operators: Operators = ()


class DiscordSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The Discord bot. api_url: REST base with version, no slash at the end. dev_guild: commands appear there at once."""

    token: Token
    api_url: Address = "https://discord.com/api/v10"
    command: CommandName = "sora"
    dev_guild: Guild | None = None


class TelegramSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The Telegram bot. Calls go to {api_url}/bot{token}/METHOD, files to {api_url}/file/bot{token}/PATH.

    webhook_url: where Telegram posts what happens, behind something that does TLS and hands it on to webhook_host and webhook_port;
    left out, the bot asks Telegram instead.
    """

    token: Token
    api_url: Address = TELEGRAM_URL
    webhook_url: Address | None = None
    webhook_secret: HookSecret | None = None
    webhook_host: Host = "127.0.0.1"
    webhook_port: Port = 8443
    storage_chat: StorageChat | None = None


class WebSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page. port 0 takes any free one. Reachable from elsewhere only with an https public_url and a login."""

    host: Host = "127.0.0.1"
    port: Port = 8080
    public_url: Address | None = None
    login: Passphrase | None = None


class HealthSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Health and metrics of `walkon bot` and `walkon worker`, served when a port is set."""

    host: Host = "127.0.0.1"
    port: Port | None = None


class QueueSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The job queue. url None: a file in data_dir; else a file or a Redis server. lease_s: a worker silent for longer loses its job.

    max_depth: jobs in line; max_per_place, max_per_person: unfinished jobs, a person's in all places together.
    """

    url: QueueUrl | None = None
    lease_s: LeaseSeconds = 30
    max_attempts: Attempts = 3
    max_depth: Depth = 10_000
    max_per_place: Depth = 2_000
    max_per_person: Depth = 100


class StoreSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The database. url None: a file in data_dir; else a file or a PostgreSQL server."""

    url: StoreUrl | None = None


class MediaSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where clips are kept. url None: a folder in data_dir; else a folder or a bucket of an S3 server."""

    url: MediaUrl | None = None


class EngineSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes the clips. api_url, api_key: for "openai-videos"; the others are for "diffusers". api_in_flight: clips at each of
    those servers at once, its replicas.

    vram_gb None: what is free on the card. steps None: the model's own.
    """

    backend: Engine = Backend.ANIMATIC
    model: Model = "auto"
    dtype: Numbers = Dtype.AUTO
    vram_gb: CardMemory | None = None
    steps: Steps | None = None
    accepted_licences: Licences = ()
    api_url: Servers = ()
    api_key: Token | None = None
    api_in_flight: InFlight = 1

    @property
    def asked_model(self) -> str:
        """The model that clips here need, empty where any will do. Of a folder its last name: it may lie elsewhere on each machine."""
        return Path(self.model).name if self.backend is Backend.DIFFUSERS and self.model != "auto" else ""

    @property
    def servers(self) -> tuple[str, ...]:
        """Where "openai-videos" renders."""
        return (self.api_url,) if isinstance(self.api_url, str) else self.api_url


class ConsentSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People's likenesses. key_file: what opens all that is kept sealed; made at the first need, never in data_dir.

    request_ttl_s: how long somebody who is asked may take to answer.
    """

    key_file: KeyFile = field(default_factory=_default_key_file)
    request_ttl_s: AskSeconds = 86_400


class GuardiansSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Young people whom a guardian looks after. minimum_age: years below which nobody is taken.

    seconds_per_day, quiet_hours: what holds for each of them until their guardian says otherwise; None for no limit.
    """

    minimum_age: Age = 13
    seconds_per_day: Seconds | None = 60
    quiet_hours: QuietHours | None = None


class ModerationSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may not be asked for. topics: refused here beside what is refused everywhere. blocklists: files with more terms.

    report_threshold: how many people, each with an account of some age, must report a clip before it is hidden until a moderator looks.
    public_figures: more names of real people. classifier: what reads the words beside the lists, a model on a worker
    (its folder or "ORG/NAME@REVISION") or the address of a server; None: the lists alone. classifier_key: what that server asks for.
    """

    topics: Topics = USUAL_TOPICS
    report_threshold: Count = 5
    blocklists: Files = ()
    public_figures: Names = ()
    classifier: Classifier | None = None
    classifier_key: Token | None = None


class ProvenanceSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How clips say where they come from. certificate: a PEM chain, the signer first; private_key: its key; both or neither.

    Without them walkon makes its own beside `[consent] key_file`. visible_mark: words in a corner of the picture. tsa_url: an
    authority that stamps the time of signing (RFC 3161).
    """

    certificate: PemFile | None = None
    private_key: PemFile | None = None
    visible_mark: Switch = True
    tsa_url: Address | None = None


class Quotas(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much there may be; None: as much as anybody likes. active: clips waiting or rendering. per_hour, per_day: clips asked for
    in any 60 minutes and 24 hours. seconds_per_day: of finished video. energy_wh_per_day: watt-hours, estimated where unmetered.
    """

    active: Count | None = None
    per_hour: Count | None = None
    per_day: Count | None = None
    seconds_per_day: Seconds | None = None
    energy_wh_per_day: WattHours | None = None


class PersonQuotas(Quotas, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same for one person, who has three clips going at most unless the host says otherwise."""

    active: Count | None = 3


class LimitsSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much a person, a place and everybody together may ask for. role: instead of a person's, for who has that role.

    quiet_hours: `HH:MM-HH:MM` in the machine's own time; nothing is rendered then.
    """

    quiet_hours: QuietHours | None = None
    person: PersonQuotas = field(default_factory=PersonQuotas)
    place: Quotas = field(default_factory=Quotas)
    all: Quotas = field(default_factory=Quotas)
    role: dict[str, Quotas] = field(default_factory=dict)


class AllowSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may use this host at all: everybody in these places, and these people anywhere. Both empty: everybody."""

    places: Places = ()
    people: Operators = ()


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of one host. `Config()` is the host without any configuration. discord, telegram None: not wanted."""

    walkon: WalkonSection = field(default_factory=WalkonSection)
    allow: AllowSection = field(default_factory=AllowSection)
    discord: DiscordSection | None = None
    telegram: TelegramSection | None = None
    web: WebSection = field(default_factory=WebSection)
    health: HealthSection = field(default_factory=HealthSection)
    queue: QueueSection = field(default_factory=QueueSection)
    store: StoreSection = field(default_factory=StoreSection)
    media: MediaSection = field(default_factory=MediaSection)
    engine: EngineSection = field(default_factory=EngineSection)
    consent: ConsentSection = field(default_factory=ConsentSection)
    guardians: GuardiansSection = field(default_factory=GuardiansSection)
    moderation: ModerationSection = field(default_factory=ModerationSection)
    provenance: ProvenanceSection = field(default_factory=ProvenanceSection)
    limits: LimitsSection = field(default_factory=LimitsSection)

    @property
    def queue_on_redis(self) -> bool:
        """Whether the queue is on a Redis server, where many machines share it."""
        return (self.queue.url or "").startswith(REDIS_SCHEMES)

    @property
    def queue_path(self) -> Path:
        """The embedded queue's file; means nothing where `queue_on_redis`."""
        return _path_of(self.queue.url) or self.walkon.data_dir / "queue.db"

    @property
    def store_on_postgres(self) -> bool:
        """Whether the database is on a PostgreSQL server, where many machines share it."""
        return (self.store.url or "").startswith(POSTGRES_SCHEMES)

    @property
    def store_path(self) -> Path:
        """The embedded database's file; means nothing where `store_on_postgres`."""
        return _path_of(self.store.url) or self.walkon.data_dir / "store.db"

    @property
    def store_place(self) -> Path | str:
        """Where the database is, as `Database.open` takes it."""
        return (self.store.url or "") if self.store_on_postgres else self.store_path

    @property
    def media_on_s3(self) -> bool:
        """Whether clips are in a bucket, where many machines share them."""
        return (self.media.url or "").startswith(S3_SCHEME)

    @property
    def media_path(self) -> Path:
        """The folder clips are kept in; means nothing where `media_on_s3`."""
        return _path_of(self.media.url) or self.walkon.data_dir / "media"

    @property
    def drawn(self) -> bool:
        """Whether clips are drawn here from walkon's own shapes, and no model makes them."""
        return self.engine.backend is Backend.ANIMATIC

    @property
    def live_model(self) -> bool:
        """Whether a model with real weights makes clips; one on random numbers, for trying things out, shows nothing to anybody."""
        return not self.drawn and not (self.engine.backend is Backend.DIFFUSERS and self.engine.model.startswith("tiny:"))

    @property
    def signing_dir(self) -> Path:
        """Where walkon keeps the certificate it makes for itself: beside the key file, never in data_dir."""
        return self.consent.key_file.parent / "signing"

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Everything that may never be logged or shown."""
        tokens = [section.token for section in (self.discord, self.telegram) if section]
        tokens += [self.telegram.webhook_secret] if self.telegram and self.telegram.webhook_secret else []
        tokens += [key for key in (self.moderation.classifier_key, self.engine.api_key) if key]
        passwords = [urlsplit(url or "").password for url in (self.queue.url, self.store.url)]
        passwords += parse_qs(urlsplit(self.queue.url or "").query).get("sentinel_password", ())
        spelt = {spelling for password in passwords if password for spelling in (password, unquote(password))}
        return (*tokens, *([self.web.login] if self.web.login else []), *map(Secret, sorted(spelt)))


def _path_of(url: str | None) -> Path | None:
    """The full path of a `sqlite:///PATH` or `file:///PATH`; three slashes and four mean the same."""
    return Path("/" + unquote(urlsplit(url).path).lstrip("/")) if url else None
