"""The English catalogue: compiled as it stands, no {name} lost, no word of the pages without English."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from processor.locale.extraction import packs, sentences, words

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "processor/locale/en/LC_MESSAGES"
NAMES = re.compile(r"\{(\w+)\}")


def catalogue() -> dict[str, str]:
    """Message -> translation, as the .po file says."""
    with (FOLDER / "processor.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_the_compiled_catalogue_says_what_its_source_says() -> None:
    with (FOLDER / "processor.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message, translation in catalogue().items():
        assert compiled.gettext(message) == (translation or message)


def test_translations_name_the_same_values_as_their_sources() -> None:
    wrong = {
        message: translation
        for message, translation in catalogue().items()
        if translation and set(NAMES.findall(message)) != set(NAMES.findall(translation))
    }
    assert not wrong


def test_every_word_of_the_templates_has_english() -> None:
    known = catalogue()
    missing = set()
    for template in sorted((ROOT / "templates/html").glob("*.j2")):
        with template.open("rb") as file:
            found = {message for _, _, message, _ in babel_extract(file, ["say"], [], {}) if isinstance(message, str)}
        missing |= {text for text in found if not known.get(text)}
    assert not missing


def test_every_heading_and_label_of_the_pages_has_english() -> None:
    known = catalogue()
    missing = set()
    for name in ("wording.py", "site.py", "unit.py", "person.py", "write.py", "panels/money.py"):
        with (ROOT / "processor/report/pages" / name).open("rb") as file:
            missing |= {message[2] for message in words(file, (), (), {}) if not known.get(message[2])}
    with (ROOT / "processor/commands/explain.py").open("rb") as file:
        missing |= {message[2] for message in sentences(file, (), (), {}) if not known.get(message[2])}
    assert not missing


def test_every_sentence_of_a_clause_has_english() -> None:
    known = catalogue()
    missing = set()
    for pack in sorted((ROOT / "processor/packs").glob("*.yaml")):
        with pack.open("rb") as file:
            missing |= {text for _, _, text, _ in packs(file, (), (), {}) if "{" in text and not known.get(text)}
    assert not missing
