"""`walkon export`: what one place has, as files."""

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from walkon.cli.frame import as_json, common, settings, show, writing
from walkon.types.errors import SetupError
from walkon.types.ids import PlaceId

if TYPE_CHECKING:
    from walkon.config import Config
    from walkon.exporting import Exported

PLACE = re.compile(r"discord:(dm-)?[0-9]+|telegram:-?[0-9]+|web:[\w.@-]+")


@click.command()
@click.argument("place")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@common
@as_json
def export(place: str, folder: Path, as_json: bool) -> None:
    """Write the clips of PLACE, such as discord:ID, and its moderators' log to DIR."""
    if not PLACE.fullmatch(place):
        raise click.BadParameter("a place is discord:ID, telegram:ID or web:local.", param_hint="PLACE")
    config = settings()
    with writing(folder):
        done = asyncio.run(_write(config, PlaceId(place), folder))
    result = {"clips": done.clips, "withheld": done.withheld, "missing_files": done.missing, "log_lines": done.lines}
    lines = [f"{folder}: {done.clips} clips, {done.lines} lines of the moderators' log."]
    if done.withheld:
        lines.append(f"{done.withheld} clips are left out: not everybody in them agrees now.")
    if done.missing:
        lines.append(f"{done.missing} files are not kept any more.")
    show(result, "\n".join(lines), json_wanted=as_json)


async def _write(config: "Config", place: PlaceId, folder: Path) -> "Exported":
    from walkon.exporting import Exporting
    from walkon.safekeeping import keys_of
    from walkon.store.database import Database
    from walkon.types.clock import SystemClock
    from walkon.wiring.ground import media_of

    if not config.store_on_postgres and not config.store_path.exists():
        raise SetupError(f"{config.store_path}: there is no store here yet. Start walkon once, or name its data_dir.")
    database = await Database.open(config.store_place)
    try:
        await keys_of(config, database)
        return await Exporting(database=database, media=media_of(config), clock=SystemClock()).write(place, folder)
    finally:
        await database.close()
