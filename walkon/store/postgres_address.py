"""The address of a PostgreSQL database, as libpq reads it, with what walkon wants of a connection."""

from typing import Any

from sqlalchemy import URL, make_url

FORGOTTEN_MS = 5_000
"""A transaction that says nothing for so long, of a frozen machine for example, is ended by the server and frees what it holds."""
LONGEST_MS = 30_000


def written(url: str) -> URL:
    """The address; of several hosts ("HOST:PORT,HOST:PORT/NAME") each is a `host` of its query."""
    scheme, _, rest = url.partition("://")
    authority, slash, tail = rest.partition("/")
    login, at, hosts = authority.rpartition("@")
    if "," not in hosts:
        return make_url(url)
    return make_url(f"{scheme}://{login}{at}{slash}{tail}").update_query_dict({"host": hosts.split(",")})


def has_several_hosts(url: str) -> bool:
    """Whether another server may be the database's from one moment to the next."""
    return len(written(url).normalized_query.get("host", ())) > 1


def with_settings(url: str) -> URL:
    """The address for SQLAlchemy, with what walkon wants where the host did not say otherwise: of several hosts the primary."""
    given = written(url).set(drivername="postgresql+psycopg")
    wanted = {
        "application_name": "walkon",
        "client_encoding": "utf8",
        "connect_timeout": "5",
        "tcp_user_timeout": "10000",
        "keepalives_idle": "10",
        "options": f"-c idle_in_transaction_session_timeout={FORGOTTEN_MS} -c statement_timeout={LONGEST_MS}",
        **({"target_session_attrs": "read-write"} if has_several_hosts(url) else {}),
    }
    return given.update_query_dict({key: value for key, value in wanted.items() if key not in given.query})


def for_libpq(url: str) -> dict[str, Any]:
    """The same for psycopg itself."""
    address = with_settings(url)
    _, named = address.get_dialect()().create_connect_args(address)
    return dict(named)
