"""Says what staff see in the site's language; what has no translation stays Chinese."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache

from processor.model import Text
from processor.packaged import packaged

FOLDER = packaged("locale")
DOMAIN = "processor"
SOURCE_LOCALE = "zh"

Translator = Callable[[Text | str], str]


def translator(locale: str) -> Translator:
    """A function that renders a Text or looks up a plain word; plain args of a Text stay as staff wrote them.

    An unknown locale, a missing message, or a translation with other {names} than its source gives Chinese.
    """
    if _is_source(locale):
        return str
    catalogue = _catalogue(locale)

    def look_up(message: str) -> str:
        return catalogue.gettext(message) if message else ""

    def render(text: Text | str) -> str:
        if isinstance(text, str):
            return look_up(text)
        try:
            return text.filled(look_up(text.template), render)
        except (KeyError, IndexError, ValueError):
            return str(text)

    return render


def _is_source(locale: str) -> bool:
    return locale.startswith(SOURCE_LOCALE)


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, languages=[locale], fallback=True)
