"""`walkon keys`: the key file, turned over."""

import asyncio

import click

from walkon.cli.frame import as_json, common, settings, show


@click.group()
@common
def keys() -> None:
    """Turn the key file over."""


@keys.command()
@click.option("--drop-older", is_flag=True, help="Keep no older key: sealed keys of older backups open no more.")
@common
@as_json
def rotate(drop_older: bool, as_json: bool) -> None:
    """Wrap every sealed key under a fresh one; nothing that they sealed is touched."""
    config = settings()
    from walkon.restoring import rotate as turn
    from walkon.types.clock import SystemClock

    done = asyncio.run(turn(config, SystemClock(), drop_older=drop_older))
    older = "Older versions are gone: make a backup, the older ones open no more." if drop_older else "Older ones stay for older backups."
    lines = [f"{config.consent.key_file}: version {done.version} wraps {done.wrapped} sealed keys now.", older]
    lines.append("Copy the file anew to wherever you keep it, and to every machine of this host.")
    result = {"version": done.version, "wrapped": done.wrapped, "older_dropped": drop_older}
    show(result, "\n".join(lines), json_wanted=as_json)
