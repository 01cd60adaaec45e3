"""How much the reports about a clip weigh: people, not accounts, and only those whom walkon or their platform has known for a while."""

from datetime import UTC, datetime, timedelta

from walkon.library.tables import first_asked
from walkon.moderation import report_tables as reports
from walkon.store.accounts import accounts_of, person_of
from walkon.store.database import Transaction
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, PersonId
from walkon.types.people import Platform

AGED = timedelta(days=7)
"""How long an account must be known before its report counts towards hiding a clip; moderators see every report at once."""

AN_HOUR, REPORTS_PER_HOUR = timedelta(hours=1), 10
"""More reports than this from one person in an hour are not taken: each is read by somebody."""

DISCORD_EPOCH_MS = 1_420_070_400_000
"""Discord writes into every number when it was given out (docs: reference, snowflakes)."""


class ReportsUsedUp(WalkonError):
    """Somebody has reported as much as anybody may for now. until: when they may again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


async def check_pace(tx: Transaction, person: PersonId, now: datetime) -> None:
    """Raises ReportsUsedUp."""
    times = await reports.times_of(tx, await accounts_of(tx, person), now - AN_HOUR)
    if len(times) >= REPORTS_PER_HOUR:
        raise ReportsUsedUp(times[-REPORTS_PER_HOUR] + AN_HOUR)


async def weight(tx: Transaction, clip: ClipId, maker: PersonId, now: datetime) -> int:
    """How many people with an account of some age report the clip, since somebody last decided about it. Its maker does not count."""
    people = {await person_of(tx, one.id) for one in await reports.reporters(tx, clip)} - {await person_of(tx, maker)}
    return sum([await _known_since(tx, person, now) <= now - AGED for person in people])


async def _known_since(tx: Transaction, person: PersonId, now: datetime) -> datetime:
    accounts = await accounts_of(tx, person)
    made = [moment for account in accounts if (moment := made_at(account))]
    reported = await reports.times_of(tx, accounts, datetime.fromtimestamp(0, UTC))
    asked = await first_asked(tx, accounts)
    return min([now, *made, *reported[:1], *([asked] if asked else [])])


def made_at(account: PersonId) -> datetime | None:
    """When an account was made, as far as its number tells: Discord's do."""
    platform, _, number = account.partition(":")
    if platform != Platform.DISCORD or not (number.isascii() and number.isdecimal()):
        return None
    made_ms = (int(number) >> 22) + DISCORD_EPOCH_MS
    return datetime.fromtimestamp(made_ms / 1000, UTC)
