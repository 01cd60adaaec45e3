"""What Discord's documentation demands and its machine-readable description does not say."""

import re
from collections.abc import Iterator
from typing import Any

COMPONENTS_V2 = 1 << 15
EPHEMERAL = 1 << 6
LOADING = 1 << 7
ACTION_ROW, BUTTON, TEXT, GALLERY, FILE, CONTAINER, LABEL = 1, 2, 10, 12, 13, 17, 18
FORM = 5

MAX_COMPONENTS = 40
MAX_TEXT = 4000
MAX_MODAL_PARTS = 5
MAX_COMMAND_LETTERS = 8000
MENUS = (2, 3)
MENU_LETTERS = 32
NAME = re.compile(r"[-_'\w]{1,32}")
LOCALES = frozenset(
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko".split()
)


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, parents first."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def message_faults(message: dict[str, Any], files: set[str]) -> list[str]:
    """A message's body: new, edited, or an interaction's answer. files: names of what will hang on it."""
    components = list(walk(message.get("components") or []))
    v2 = bool((message.get("flags") or 0) & COMPONENTS_V2)
    faults = []
    if len(components) > MAX_COMPONENTS:
        faults.append(f"{len(components)} components")
    if sum(len(component["content"]) for component in components if component["type"] == TEXT) > MAX_TEXT:
        faults.append("more than 4,000 characters of text")
    if any(component["type"] >= 9 for component in components) and not v2:
        faults.append("components v2 without their flag")
    if v2 and any(message.get(name) for name in ("content", "embeds", "poll", "sticker_ids")):
        faults.append("components v2 beside content, embeds, stickers or a poll")
    custom_ids = [component["custom_id"] for component in components if "custom_id" in component]
    if len(set(custom_ids)) != len(custom_ids):
        faults.append("the same custom_id twice")
    faults += [f"a row of {len(row['components'])}" for row in components if row["type"] == ACTION_ROW and len(row["components"]) > 5]
    if any(component["type"] == TEXT and not component["content"].strip() for component in components):
        faults.append("an empty text")
    return faults + _gallery_faults(components, files)


def _gallery_faults(components: list[dict[str, Any]], files: set[str]) -> list[str]:
    urls = [item["media"]["url"] for gallery in components if gallery["type"] == GALLERY for item in gallery["items"]]
    urls += [part["file"]["url"] for part in components if part["type"] == FILE]
    shown = {url.removeprefix("attachment://") for url in urls if url.startswith("attachment://")}
    return [f"a gallery of {name}, which is not attached" for name in shown - files] + [
        f"{name} is attached but not shown" for name in files - shown
    ]


def deferral_faults(flags: int) -> list[str]:
    """An answer that only says "thinking" may be ephemeral and nothing else."""
    return [f"flags {flags} in a deferral"] if flags & ~EPHEMERAL else []


def modal_faults(modal: dict[str, Any], kind: int) -> list[str]:
    """A form as the first answer. kind: of the interaction that it answers."""
    faults = ["a form in answer to a form"] if kind == FORM else []
    if len(modal["components"]) > MAX_MODAL_PARTS:
        faults.append(f"{len(modal['components'])} parts in a form")
    for part in modal["components"]:
        box = part.get("component") or {}
        if part["type"] != LABEL:
            faults.append("an input without a label around it, which is deprecated")
        if box.get("label"):
            faults.append("a label inside a label")
        if not (box.get("min_length") or 0) <= len(box.get("value") or "") <= (box.get("max_length") or MAX_TEXT):
            faults.append("a ready answer of a length that could not be sent")
    return faults


def commands_faults(commands: list[dict[str, Any]]) -> list[str]:
    """The whole tree of commands."""
    faults = []
    for command in commands:
        faults += _menu_faults(command) if command.get("type", 1) in MENUS else _command_faults(command)
        letters = max(_letters(command, locale) for locale in (None, *LOCALES))
        if letters > MAX_COMMAND_LETTERS:
            faults.append(f"{command['name']} has {letters} characters")
    return faults


def _menu_faults(entry: dict[str, Any]) -> Iterator[str]:
    """Entries in menus have a name in any letters, and nothing else that is shown."""
    for name in (entry["name"], *(entry.get("name_localizations") or {}).values()):
        if not 1 <= len(name) <= MENU_LETTERS:
            yield f"the menu entry {name!r}"
    yield from (f"the locale {locale}" for locale in entry.get("name_localizations") or {} if locale not in LOCALES)
    if entry.get("description") or entry.get("options"):
        yield f"the menu entry {entry['name']} with a description or options"


def _command_faults(part: dict[str, Any]) -> Iterator[str]:
    for name in (part["name"], *(part.get("name_localizations") or {}).values()):
        if name != name.lower() or not NAME.fullmatch(name):
            yield f"the name {name!r}"
    for key in ("name_localizations", "description_localizations"):
        yield from (f"the locale {locale}" for locale in part.get(key) or {} if locale not in LOCALES)
    if not part.get("description"):
        yield f"{part['name']} without a description"
    required = [bool(option.get("required")) for option in part.get("options", ())]
    if required != sorted(required, reverse=True):
        yield f"an optional option of {part['name']} before a required one"
    for option in part.get("options", ()):
        yield from _command_faults(option)


def _letters(part: dict[str, Any], locale: str | None) -> int:
    def longest(key: str) -> int:
        return max(len(part.get(key, "")), len((part.get(f"{key}_localizations") or {}).get(locale, "")))

    own = longest("name") + longest("description") + len(str(part.get("value", "")))
    return own + sum(_letters(each, locale) for key in ("options", "choices") for each in part.get(key, ()))
