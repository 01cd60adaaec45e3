"""`walkon backup`, `restore` and `forget`: what is kept, put back, and ended for good."""

import asyncio
from pathlib import Path

import click

from walkon.cli.frame import as_json, common, settings, show, writing
from walkon.types.errors import SetupError
from walkon.types.ids import PersonId
from walkon.types.people import Platform


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common
@as_json
def backup(file: Path, as_json: bool) -> None:
    """Copy the store and its clips to FILE, also beside a running walkon."""
    config = settings()
    from walkon.restoring import back_up
    from walkon.types.clock import SystemClock

    with writing(file):
        made = back_up(config, file, SystemClock())
    result = {"file": str(made.file), "keys": str(made.keys), "clips": len(made.manifest.files) - 1, "entries": made.manifest.entries}
    lines = (
        f"{made.file}: the store, {result['clips']} files of clips, {made.manifest.entries} entries of the ledger.",
        f"{made.keys}: the sealed keys. Keep it in another place than {made.file.name}.",
        f"Neither opens without the key file: keep a copy of {config.consent.key_file} in a third place.",
    )
    show(result, "\n".join(lines), json_wanted=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--keys", "keys_file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The sealed keys; FILE.keys.")
@click.option("--replace", is_flag=True, help="Give up the store that is there now.")
@common
@as_json
def restore(file: Path, keys_file: Path | None, replace: bool, as_json: bool) -> None:
    """Put the backup FILE back, without what people ended since."""
    config = settings()
    from walkon.restoring import restore as put_back
    from walkon.store.backup import BackupUnusable, keys_beside
    from walkon.types.clock import SystemClock

    keys = keys_file or keys_beside(file)
    try:
        done = asyncio.run(put_back(config, file, keys, SystemClock(), replace=replace))
    except BackupUnusable as error:
        raise SetupError(f"{file}: {error.reason}. Name a file that `walkon backup` of this release wrote, and its keys.") from error
    result = {
        "entries": done.entries,
        "clips": done.clips_files,
        "keys": done.keys,
        "ended_again": done.ended,
        "locked": done.locked is not None,
    }
    lines = [f"{config.store_path}: {done.entries} entries of the ledger, {done.clips_files} files of clips, {done.keys or 0} sealed keys."]
    if done.keys is None:
        lines.append("Without sealed keys no face, no voice and no word of the ledger opens. They are in the backup's second file: --keys.")
    if done.ended:
        lines.append(f"{done.ended} things that people ended after this backup were ended again.")
    lines.append(f"Locked. {done.locked}" if done.locked else "walkon starts on it.")
    show(result, "\n".join(lines), json_wanted=as_json)


@click.command()
@click.argument("person")
@common
@as_json
def forget(person: str, as_json: bool) -> None:
    """Erase everything about PERSON, such as discord:ID, and destroy their keys."""
    platform, _, account = person.partition(":")
    if platform not in list(Platform) or not account:
        raise click.BadParameter("a person is discord:ID, telegram:ID or web:NAME.", param_hint="PERSON")
    config = settings()
    from walkon.restoring import forget as erase
    from walkon.types.clock import SystemClock

    done = asyncio.run(erase(config, PersonId(person), SystemClock()))
    result = {"accounts": len(done.accounts), "clips": len(done.removal.clips), "keys": done.keys}
    lines = (
        f"{len(done.removal.clips)} clips are down, {done.keys} keys are destroyed; the ledger still verifies.",
        "Their posts in chats are replaced when a bot runs again. Forwards and saved files are beyond walkon's sight.",
        "Older backups keep their clips' files: delete those, or restore them with walkon, which ends it again.",
    )
    show(result, "\n".join(lines), json_wanted=as_json)
