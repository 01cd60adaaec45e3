"""`walkon`: its verbs and their exit codes. 0: done; 1: the thing asked for failed; 2: usage or configuration error.

A verb's module is loaded when the verb is named or listed, and loads what it works with when it runs.
"""

import errno
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module

import click

from walkon import __version__
from walkon.cli.frame import FAILED, MISUSED, Call, common, complain
from walkon.types.errors import SetupError, WalkonError

VERBS: Mapping[str, str] = {
    "up": "roles",
    "bot": "roles",
    "worker": "roles",
    "web": "roles",
    "render": "render",
    "verify": "verify",
    "doctor": "doctor",
    "queue": "queue",
    "invite": "invite",
    "ledger": "ledger",
    "keys": "keys",
    "backup": "keeping",
    "restore": "keeping",
    "forget": "keeping",
    "export": "exporting",
    "config": "settings",
}
"""Every verb and the module of this package that has it under the same name."""


class Verbs(click.Group):
    """Finds verbs by name, suggests one for a misspelt name, and turns errors into lines and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order of `VERBS`."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name, loaded; None if there is none."""
        if cmd_name not in VERBS:
            return None
        found: click.Command = getattr(import_module(f"walkon.cli.{VERBS[cmd_name]}"), cmd_name)
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb named by the first argument. Raises NoSuchCommand with the verbs that were probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=VERBS, ctx=ctx) from None

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise
            if ctx.ensure_object(Call).debug:
                complain("".join(traceback.format_exception(error)).rstrip())
            ctx.exit(_explained(error))


def _explained(error: BaseException) -> int:
    """Say on stderr what went wrong; returns the exit code it calls for."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, SetupError):
        complain(*error.problems)
        if len(error.problems) > 1:
            complain(f"{len(error.problems)} problems, nothing was started.")
        return MISUSED
    if isinstance(error, WalkonError):
        complain(str(getattr(error, "reason", "") or error or type(error).__name__))
    else:
        first, _, _ = str(error).partition("\n")
        complain(f"walkon stumbled: {type(error).__name__}: {first}. Run the same with --debug to see where.")
    return FAILED


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="walkon", message="%(prog)s %(version)s")
@common
def walkon() -> None:
    """A self-hosted, consent-first AI video bot for Discord, Telegram and a local page.

    Without any configuration, `walkon up` starts a local page on this machine.
    """


def main() -> None:
    """The console script."""
    sys.exit(walkon.main(prog_name="walkon"))
