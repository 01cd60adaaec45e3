"""`walkon render`: a clip, or only the plan of it, without a chat."""

import asyncio
import math
import secrets
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from walkon.cli.frame import FAILED, as_json, common, settings, show
from walkon.types.scene import MAX_SECONDS, MAX_SEED, MIN_SECONDS, Aspect

if TYPE_CHECKING:
    from walkon.config import Config
    from walkon.engine.port import Rendered
    from walkon.types.scene import Scene


def _number(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and math.isnan(value):
        raise click.BadParameter("that is not a number.")
    return value


@click.command()
@click.argument("prompt")
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The mp4 to write.")
@click.option("--seconds", type=click.FloatRange(MIN_SECONDS, MAX_SECONDS), callback=_number, help="Length; otherwise as the words ask.")
@click.option("--aspect", type=click.Choice([shape.value for shape in Aspect]), help="Shape of the picture.")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), help="Same seed, same clip; otherwise a new one each time.")
@click.option("--engine", help="What makes the clip; otherwise [engine] backend.")
@click.option("--style", help="A style in a few words.")
@click.option("--plan", is_flag=True, help="Only say what would be staged; no video.")
@common
@as_json
def render(prompt: str, **options: Any) -> None:
    """Make a clip of PROMPT, or with --plan say how it was understood."""
    out: Path | None = options["out"]
    if out is None and not options["plan"]:
        raise click.UsageError("Where should the clip go? Add -o clip.mp4, or --plan for the scene alone.")
    if out is not None and (out.suffix.lower() != ".mp4" or not out.absolute().parent.is_dir()):
        raise click.BadParameter(f"{out} is not an .mp4 file in a folder that exists.", param_hint="-o")
    config = settings()
    engine = _engine(options["engine"], config)
    scene = _scene(prompt, options, config)
    rendered = None if options["plan"] or out is None else _render(config, scene, out=out, engine=engine)
    record = _record(scene, engine, rendered, out)
    show(record, _words(record, options["plan"]), json_wanted=options["as_json"])


def _engine(name: str | None, config: "Config") -> str:
    from walkon.config import Backend

    known = [backend.value for backend in Backend]
    if name is not None and name not in known:
        raise click.BadParameter(f"{name!r} is not one of {', '.join(known)}.", param_hint="--engine")
    return name or config.engine.backend.value


def _scene(prompt: str, options: dict[str, Any], config: "Config") -> "Scene":
    from walkon.scene.options import take_options
    from walkon.scene.parser import EmptyPrompt, PromptTooLong, parse

    # Bytes of the argument that are no text in this locale arrive as lone surrogates, which no file can hold.
    words = prompt.encode("utf-8", "replace").decode("utf-8")
    seed = take_options(words).seed if options["seed"] is None else options["seed"]
    try:
        return parse(
            words,
            seconds=options["seconds"],
            aspect=Aspect(options["aspect"]) if options["aspect"] else None,
            seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
            style=options["style"],
            locale=config.walkon.language,
        )
    except EmptyPrompt:
        raise click.BadParameter("there are no words in it.", param_hint="PROMPT") from None
    except PromptTooLong:
        raise click.BadParameter("it is too long to stage. Shorten it.", param_hint="PROMPT") from None


def _render(config: "Config", scene: "Scene", *, out: Path, engine: str) -> "Rendered":
    """The clip. A SIGTERM stops the render, lets go of its child process and ends with code 1: no clip was made."""
    from walkon.wiring.rendering import render_once

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))
    return asyncio.run(render_once(config, scene, out=out, engine=engine))


def _record(scene: "Scene", engine: str, rendered: "Rendered | None", out: Path | None) -> dict[str, Any]:
    from walkon.scene.plan import plan_json

    plan = {"path": None, "engine": engine} | plan_json(scene)
    if rendered is None:
        return plan
    unstaged = dict.fromkeys((*scene.not_staged, *rendered.not_staged))
    return plan | {
        "path": str(out),
        "seconds": rendered.seconds,
        "width": rendered.width,
        "height": rendered.height,
        "fps": rendered.fps,
        "bytes": rendered.bytes,
        "loudness_lufs": rendered.loudness_lufs,
        "energy_wh": rendered.energy_wh,
        "energy_metered": rendered.energy_metered,
        "not_staged": list(unstaged),
        "notice": rendered.notice,
    }


def _words(record: dict[str, Any], plan: bool) -> str:
    facts = f"{record['seconds']:g} s, {record['width']}×{record['height']}, seed {record['seed']}, {record['engine']}"
    lines = [facts if plan else f"{record['path']}: {facts}"]
    if plan:
        lines += [f"Shot {number}: {'; '.join(_shot_parts(shot))}" for number, shot in enumerate(record["shots"], start=1)]
    if record["not_staged"]:
        lines.append(f"Not drawn: {', '.join(record['not_staged'])}")
    if record.get("notice"):
        lines.append(record["notice"])
    return "\n".join(lines)


def _shot_parts(shot: dict[str, Any]) -> Iterator[str]:
    yield f"{shot['place']}, {shot['time']}, {shot['weather']}, camera {shot['camera']}"
    for subject in shot["subjects"]:
        yield f"{subject['count']} × {subject['noun']}" if subject["count"] > 1 else subject["noun"]
    for action in shot["actions"]:
        yield " ".join(action[key] for key in ("subject", "verb", "object") if action[key])
    for line in shot["lines"]:
        yield f"{line['speaker'] or 'a voice'}: “{line['text']}”"
