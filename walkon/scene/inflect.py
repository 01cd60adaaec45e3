"""Spelling rules: plurals, verb forms and agreement, enough to list the forms of a lexicon entry in English and French."""

import re
from enum import Enum, auto
from itertools import product

from walkon.types.people import Locale

_VERB = re.compile(r"([^()]+)(?:\(([^()]*)\))?")
_DOUBLING = re.compile(r"^[^aeiou]*[aeiou][bdgmnpt]$")
_PARTICIPLES = ("é", "ée", "és", "ées")


class Form(Enum):
    """How a verb stands in a sentence."""

    BASE = auto()
    FINITE = auto()
    GERUND = auto()
    PARTICIPLE = auto()


def plurals(name: str, locale: Locale) -> set[str]:
    """Plausible plurals of a noun; a French compound may take the mark on any of its words."""
    if locale is Locale.EN:
        return {_english_plural(name)}
    parts = re.split(r"([ -])", name)
    choices = [(part, _french_plural(part)) if part.isalpha() and len(part) > 2 else (part,) for part in parts]
    if len(choices) > 7:
        return {name}
    return {"".join(parts) for parts in product(*choices)} - {name} or {name}


def shown_plural(name: str, locale: Locale) -> str:
    """The plural to print: in French the first word's where `de`, `à` or `en` follow, else every word's."""
    if locale is Locale.EN:
        return _english_plural(name)
    head, joint, rest = re.match(r"(.*?)((?: (?:de|du|des|à|en|au|aux|pour) | d')|$)(.*)", name).groups()  # type: ignore[union-attr]
    return "".join(_french_plural(part) if part.isalpha() else part for part in re.split(r"([ -])", head) if part) + joint + rest


def _english_plural(name: str) -> str:
    if re.search(r"(s|x|z|ch|sh)$", name):
        return f"{name}es"
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}s"


def _french_plural(word: str) -> str:
    if word[-1] in "sxz":
        return word
    if word.endswith(("au", "eu")):
        return f"{word}x"
    if word.endswith("al"):
        return f"{word[:-2]}aux"
    return f"{word}s"


def verb_forms(entry: str, locale: Locale) -> dict[str, Form]:
    """Every form of `verb rest(other,forms)`; forms in brackets are taken as they stand."""
    found = _VERB.fullmatch(entry.strip())
    if found is None:
        raise ValueError(entry)
    verb, extra = found.group(1).strip(), [form.strip() for form in (found.group(2) or "").split(",") if form.strip()]
    if locale is Locale.FR:
        verb = re.sub(r"^(se |s')", "", verb)
    forms = _english_forms(verb) if locale is Locale.EN else _french_forms(verb, regular=not extra)
    rest = verb.partition(" ")[2]
    for form in extra:
        whole = f"{form} {rest}" if rest and " " not in form else form
        forms[whole] = _form_of(form.split(" ")[0], locale)
    return forms


def _form_of(word: str, locale: Locale) -> Form:
    if word.endswith("ing" if locale is Locale.EN else "ant"):
        return Form.GERUND
    if (locale is Locale.EN and word.endswith("en")) or (locale is Locale.FR and word.endswith(("u", "is", "ée", "é"))):
        return Form.PARTICIPLE
    return Form.FINITE


def _english_forms(verb: str) -> dict[str, Form]:
    head, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    stem = head + head[-1] if _DOUBLING.match(head) else head
    silent = stem[:-1] if stem.endswith("e") and not stem.endswith(("ee", "ye", "oe")) else stem
    if stem.endswith("ie"):
        silent = f"{stem[:-2]}y"
    past = f"{head[:-1]}ied" if re.search(r"[^aeiou]y$", head) else f"{head}d" if head.endswith("e") else f"{stem}ed"
    return {
        verb: Form.BASE,
        third_person(verb): Form.FINITE,
        past + tail: Form.PARTICIPLE,
        f"{silent}ing{tail}": Form.GERUND,
    }


def third_person(verb: str) -> str:
    """`jumps over` for `jump over`; French verbs are looked up in their listed forms instead."""
    head, _, rest = verb.partition(" ")
    spoken = "goes" if head == "go" else "does" if head == "do" else "is" if head == "be" else _english_plural(head)
    return f"{spoken} {rest}" if rest else spoken


def _french_forms(verb: str, *, regular: bool) -> dict[str, Form]:
    head, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    forms = {verb: Form.BASE}
    if not head.endswith("er") or head == "aller":
        return forms
    stem = head[:-2]
    soft = stem[:-1] + "ç" if stem.endswith("c") else f"{stem}e" if stem.endswith("g") else stem
    finite = [f"{soft}ait", f"{soft}aient", f"{soft}a"]
    if regular:
        finite += [f"{_grave(stem)}e", f"{_grave(stem)}ent", f"{_grave(stem)}es"]
    forms |= {form + tail: Form.FINITE for form in finite}
    forms[f"{soft}ant{tail}"] = Form.GERUND
    return forms | {stem + ending + tail: Form.PARTICIPLE for ending in _PARTICIPLES}


def _grave(stem: str) -> str:
    if stem.endswith("oy") or stem.endswith("uy"):
        return f"{stem[:-1]}i"
    return re.sub(r"[eé]([bcdghlmnprstv])$", r"è\1", stem) if not stem.endswith(("gr", "ell")) else stem


def french_person(entry: str, *, plural: bool) -> str:
    """The third person of a French verb entry: its first two listed forms, or the regular ones."""
    found = _VERB.fullmatch(entry.strip())
    if found is None:
        raise ValueError(entry)
    verb, extra = found.group(1).strip(), [form.strip() for form in (found.group(2) or "").split(",") if form.strip()]
    reflexive = re.match(r"(se |s')", verb)
    bare = verb[reflexive.end() :] if reflexive else verb
    head, _, rest = bare.partition(" ")
    if extra:
        spoken = extra[1] if plural and len(extra) > 1 else extra[0]
    else:
        spoken = _grave(head[:-2]) + ("ent" if plural else "e")
    spoken = f"{spoken} {rest}" if rest and " " not in spoken else spoken
    return f"{reflexive.group()}{spoken}" if reflexive else spoken
