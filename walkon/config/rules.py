"""What a single value has to be beyond its type, and which settings cannot stand together."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from walkon.config.sections import POSTGRES_SCHEMES, REDIS_SCHEMES, S3_SCHEME, TELEGRAM_URL, Config, Secret
from walkon.types.harm import ALWAYS, Category

MIN_PASSPHRASE = 12
EXAMPLE = "PASTE-IT-HERE"
"""What stands for a secret in `config.example.toml`."""
MISSING_TOKEN: Mapping[str, str] = {
    "discord": "Copy one: Developer Portal → Bot → Reset Token, or delete the section.",
    "telegram": "Add the token from BotFather or delete the section.",
}


@dataclass(eq=False)
class Refused(Exception):
    """A value cannot be used. what: follows the value in a sentence; mend: a sentence of its own."""

    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A setting that cannot stand beside the others."""

    section: str
    key: str
    what: str
    mend: str


def refined(section: str, key: str, value: Any) -> Any:
    """The value, well typed, in the form walkon uses. Raises Refused."""
    rule = RULES.get((section, key))
    return value if rule is None or value is None else rule(value)


def clashes(config: Config) -> Iterator[Clash]:
    """Settings that are right one by one and wrong together."""
    yield from _open_page(config)
    yield from _hook(config)
    yield from _half_a_pair(config)
    yield from _before_people(config)
    if config.web.login and any(operator.startswith("web:") for operator in config.walkon.operators):
        what = "names an account of the page, where everybody with the login may take any name"
        yield Clash("walkon", "operators", what, "Name Discord or Telegram accounts instead.")
    if config.consent.key_file.is_relative_to(config.walkon.data_dir):
        what = "lies in the data directory, so whoever copies that has the keys too"
        yield Clash("consent", "key_file", what, "Name a place outside of it.")
    if not config.queue_on_redis and config.queue_path == config.store_path:
        key = "queue" if config.queue.url else "store"
        yield Clash(key, "url", "names the file that the queue and the store would share", "Give each its own file.")


def _half_a_pair(config: Config) -> Iterator[Clash]:
    provenance = config.provenance
    if provenance.certificate and not provenance.private_key:
        yield Clash("provenance", "certificate", "has no private_key beside it", "Name its key, or leave both out.")
    if provenance.private_key and not provenance.certificate:
        yield Clash("provenance", "private_key", "has no certificate beside it", "Name the chain, or leave both out.")


HOOK_PORTS = frozenset({443, 80, 88, 8443})
"""Where Telegram's own servers post to (Bot API, setWebhook)."""


def _hook(config: Config) -> Iterator[Clash]:
    telegram = config.telegram
    if telegram is None or (telegram.webhook_url is None and telegram.webhook_secret is None):
        return
    if telegram.webhook_url is None:
        yield Clash("telegram", "webhook_secret", "has no webhook_url beside it", "Set webhook_url, or leave both out.")
        return
    if telegram.webhook_secret is None:
        yield Clash(
            "telegram", "webhook_url", "has no webhook_secret beside it", "Set one, from `openssl rand -hex 32`, or leave both out."
        )
    parts = urlsplit(telegram.webhook_url)
    own_server = urlsplit(telegram.api_url).hostname != urlsplit(TELEGRAM_URL).hostname
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not own_server and (parts.scheme != "https" or port not in HOOK_PORTS):
        what = "is not where Telegram posts to: that is https on port 443, 80, 88 or 8443"
        yield Clash("telegram", "webhook_url", what, "Put TLS in front, or leave webhook_url and webhook_secret out.")


def scattered(config: Config) -> Iterator[Clash]:
    """What stands in the way of roles on several machines: servers that all reach speak of files that one has left to its data_dir.

    A path that the host wrote down counts as one that every machine of these has.
    """
    servers = [("queue", config.queue.url)] if config.queue_on_redis else []
    servers += [("store", config.store.url)] if config.store_on_postgres else []
    far = [section for section, url in servers if not _is_near(url or "")]
    here = [] if config.queue.url else ['[queue] url = "redis://…"']
    here += [] if config.store.url else ['[store] url = "postgresql://…"']
    here += [] if config.media.url else ["[media] url, a bucket or a folder that every machine has"]
    if far and here:
        what = "is a server that many machines share, and what it speaks of is kept in this one's data_dir"
        yield Clash(far[0], "url", what, f"Set {' and '.join(here)}.")


def _is_near(url: str) -> bool:
    """Whether the server is on this machine, as far as its address tells. No host: a socket. Several hosts are several machines."""
    parts = urlsplit(url)
    return "," not in parts.netloc and (parts.hostname is None or is_loopback(parts.hostname))


def _before_people(config: Config) -> Iterator[Clash]:
    """A model meets people on Discord or Telegram only behind every check."""
    if not config.live_model or not (config.discord or config.telegram):
        return
    if not config.moderation.classifier:
        what = "would answer people on Discord or Telegram with nothing but word lists before it"
        yield Clash("engine", "backend", what, "Set [moderation] classifier, or leave the platforms out.")
    if not config.provenance.visible_mark:
        what = "takes the mark off pictures that a model makes for people on Discord or Telegram"
        yield Clash("provenance", "visible_mark", what, "Leave it true, or leave the platforms out.")


def is_loopback(host: str) -> bool:
    """Whether a host name or address can be reached from this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _open_page(config: Config) -> Iterator[Clash]:
    web = config.web
    public = urlsplit(web.public_url or "")
    secure = public.scheme == "https"
    if not is_loopback(web.host) and not (secure and web.login):
        yield Clash("web", "host", *_opened(secure, web.login, 'host = "127.0.0.1"'))
    elif public.hostname and not is_loopback(public.hostname) and not (secure and web.login):
        yield Clash("web", "public_url", *_opened(secure, web.login, "delete public_url"))


def _opened(secure: bool, login: Secret | None, otherwise: str) -> tuple[str, str]:
    what = "opens the page to the network without " + ("TLS" if login else "login")
    if secure:
        return what, f"Set [web] login, or {otherwise}."
    front = 'put TLS in front (public_url = "https://…")'
    return what, f"{front[0].upper()}{front[1:]}, or {otherwise}." if login else f"Set [web] login and {front}, or {otherwise}."


def _token(section: str) -> Callable[[Secret], Secret]:
    def rule(token: Secret) -> Secret:
        if not len(token):
            raise Refused("is empty", MISSING_TOKEN[section])
        if token.reveal() == EXAMPLE:
            raise Refused("is still the example's", MISSING_TOKEN[section])
        if not re.fullmatch(r"[\x21-\x7e]+", token.reveal()):
            raise Refused(f"holds spaces or letters that no token has (ends {_printable(token)})", "Paste the token alone.")
        return token

    return rule


def _printable(secret: Secret) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in str(secret))


def _passphrase(login: Secret) -> Secret:
    if login.reveal() == EXAMPLE:
        raise Refused("is still the example's", "Write one of your own.")
    if len(login) < MIN_PASSPHRASE:
        raise Refused(f"has {len(login)} characters", f"Write a passphrase of at least {MIN_PASSPHRASE}.")
    return login


def _hook_secret(secret: Secret) -> Secret:
    if secret.reveal() == EXAMPLE:
        raise Refused("is still the example's", "Write one of your own, from `openssl rand -hex 32`.")
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.reveal()):
        raise Refused("is not 16 to 256 letters, digits, - or _", "Write one from `openssl rand -hex 32`.")
    return secret


def _address(url: str) -> str:
    parts = _split(url, 'Write it like "https://clips.example.org".')
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("is not an http:// or https:// address", 'Write it like "https://clips.example.org".')
    if parts.username is not None or parts.query or parts.fragment:
        raise Refused("holds more than an address", "Leave out everything like NAME:PASSWORD@, ?… and #….")
    return url.rstrip("/")


def _servers(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_address(url) for url in ((given,) if isinstance(given, str) else given))


def _file(scheme: str, otherwise: str) -> Callable[[str], str]:
    mend = f'Write "{scheme}:///FULL/PATH", or {otherwise}.'

    def rule(url: str) -> str:
        if "://" not in url:
            raise Refused("has no scheme", mend)
        parts = _split(url, mend)
        if parts.scheme != scheme or parts.netloc or not parts.path.strip("/") or parts.query or parts.fragment:
            raise Refused(f"is not {scheme}:///FULL/PATH", mend)
        return url

    return rule


QUEUE_MEND = 'Write redis://HOST:6379/0 or "sqlite:///FULL/PATH", or leave url out to keep the queue in a file of data_dir.'
REDIS_FORMS: Mapping[str, tuple[str, str]] = {
    "": (r"(/\d*)?", QUEUE_MEND),
    "sentinel": (r"/[^/?#]+(/\d*)?", "Write redis+sentinel://HOST:26379,HOST:26379/NAME/0 with the name by which the Sentinels know it."),
    "cluster": (r"/?0?", "Write redis+cluster://HOST:6379,HOST:6379 with some of its nodes."),
}
"""What follows the hosts of a Redis address, by what stands behind it, and how to write it."""
_queue_file = _file("sqlite", "leave url out to keep the queue in a file of data_dir")


def _queue(url: str) -> str:
    if "://" not in url:
        raise Refused("has no scheme", QUEUE_MEND)
    if not url.startswith(REDIS_SCHEMES):
        return _queue_file(url)
    _split(url.partition(",")[0], QUEUE_MEND)
    scheme, _, rest = url.partition("://")
    group = scheme.partition("+")[2]
    form, mend = REDIS_FORMS[group]
    found = re.fullmatch(r"(?:.*@)?([^/?#@]+)(?:" + form + r")(\?(ssl_ca_certs|sentinel_password)=[^#]*)?", rest)
    hosts = found[1].split(",") if found else []
    if not hosts or (len(hosts) > 1 and not group) or not all(_split(f"x://{host}", mend).hostname for host in hosts):
        raise Refused("is not redis://HOST:PORT/NUMBER" if not group else "is no address of that kind", mend)
    return url


STORE_MEND = 'Write postgresql://USER@HOST/NAME or "sqlite:///FULL/PATH", or leave url out to keep the database in a file of data_dir.'
_store_file = _file("sqlite", "leave url out to keep the database in a file of data_dir")


def _store(url: str) -> str:
    if "://" not in url:
        raise Refused("has no scheme", STORE_MEND)
    if not url.startswith(POSTGRES_SCHEMES):
        return _store_file(url)
    hosts = url.partition("://")[2].partition("/")[0].rpartition("@")[2].split(",")
    parts = _split(url.replace(",".join(hosts), hosts[0], 1), STORE_MEND)
    for host in hosts[1:]:
        _split(f"x://{host}", STORE_MEND)
    if not re.fullmatch(r"/[^/]+", parts.path) or parts.fragment:
        raise Refused("is not postgresql://USER@HOST:PORT/NAME", STORE_MEND)
    return url


MEDIA_MEND = 'Write s3://BUCKET/PREFIX or "file:///FULL/PATH", or leave url out to keep clips in a folder of data_dir.'
_media_folder = _file("file", "leave url out to keep clips in a folder of data_dir")


def _media(url: str) -> str:
    if "://" not in url:
        raise Refused("has no scheme", MEDIA_MEND)
    if not url.startswith(S3_SCHEME):
        return _media_folder(url)
    parts = _split(url, MEDIA_MEND)
    # The rule for bucket names: docs.aws.amazon.com, Amazon S3 user guide, general purpose bucket naming rules.
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", parts.netloc) or parts.query or parts.fragment:
        raise Refused("is not s3://BUCKET/PREFIX", f"Keys and endpoint come from the environment (AWS_ACCESS_KEY_ID, …). {MEDIA_MEND}")
    return url


def _split(url: str, mend: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Refused("is not an address", mend) from None
    if re.search(r"[\s\x00-\x1f]", url):
        raise Refused("holds a space", mend)
    return parts


def _topics(topics: tuple[Category, ...]) -> tuple[Category, ...]:
    for topic in topics:
        if topic in ALWAYS:
            raise Refused(f"names {topic}, which is refused on every host", "Take it out; nothing switches it off.")
    return topics


def _classifier(named: str) -> str:
    return _address(named) if "://" in named else named


RULES: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("discord", "token"): _token("discord"),
    ("discord", "api_url"): _address,
    ("telegram", "token"): _token("telegram"),
    ("telegram", "api_url"): _address,
    ("telegram", "webhook_url"): _address,
    ("telegram", "webhook_secret"): _hook_secret,
    ("engine", "api_url"): _servers,
    ("web", "public_url"): _address,
    ("provenance", "tsa_url"): _address,
    ("web", "login"): _passphrase,
    ("moderation", "topics"): _topics,
    ("moderation", "classifier"): _classifier,
    ("queue", "url"): _queue,
    ("store", "url"): _store,
    ("media", "url"): _media,
}
