"""The passphrase form: the only thing a page with a login shows to strangers. It works without scripts."""

import html
from collections.abc import Mapping
from string import Template

import msgspec
from aiohttp.web import Response

from walkon.bot.platforms.web.static_files import StaticFile
from walkon.types.people import Locale

TEMPLATE = "login.html"


def login_form(files: Mapping[str, StaticFile], locale: Locale, *, missed: bool = False, wait_s: int = 0) -> Response:
    """The form, in the browser's language. missed: the words given were not it. wait_s: too many misses, so long is nobody heard."""
    words = {
        key.replace(".", "_"): value
        for key, value in msgspec.json.decode(files[f"words.{locale}.json"].body, type=dict[str, str]).items()
        if key.startswith("login.")
    }
    note = words["login_wait"].replace("{n}", str(wait_s)) if wait_s else words["login_missed"] if missed else ""
    places = {name: html.escape(value) for name, value in {**words, "note": note, "lang": str(locale)}.items()}
    text = Template(files[TEMPLATE].body.decode()).substitute(places)
    status = 429 if wait_s else 403 if missed else 200
    headers = {"Retry-After": str(wait_s)} if wait_s else {}
    return Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)
