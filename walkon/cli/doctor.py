"""`walkon doctor`: would a clip arrive on this machine?"""

import os

import click

from walkon.cli.frame import DONE, FAILED, MISUSED, as_json, call, common, show
from walkon.types.errors import SetupError


@click.command()
@common
@as_json
def doctor(as_json: bool) -> None:
    """Check this machine and its settings, and name every mend."""
    from walkon import doctor as checks
    from walkon.config import Config, load

    problems: tuple[str, ...] = ()
    config = Config()
    try:
        config = load(call().path, os.environ)
    except SetupError as error:
        problems = error.problems
    findings = [*checks.settings(call().path, problems), *checks.examine(config)]
    show(checks.as_record(findings), checks.as_words(findings), json_wanted=as_json)
    click.get_current_context().exit(MISUSED if problems else DONE if checks.arrives(findings) else FAILED)
