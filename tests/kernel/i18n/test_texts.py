import ast
import re
from pathlib import Path

import pytest

import rapport
from rapport.kernel.i18n.texts import available, catalogue, direction, nearest, negotiate, t, tn

PLACEHOLDER = re.compile(r"{(\w+)}")
IN_TEMPLATE = re.compile(r"""\btn?\((["'])(.*?)\1""")
TRANSLATED = [locale for locale in available() if locale != "en"]


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("locale", TRANSLATED)
def test_each_translation_has_the_placeholders_of_its_source(locale: str) -> None:
    for message in catalogue(locale):
        if message.id:
            wanted = set(PLACEHOLDER.findall(" ".join(forms(message.id))))
            for said in forms(message.string):
                assert set(PLACEHOLDER.findall(said)) == wanted, (locale, message.id)


@pytest.mark.parametrize("locale", TRANSLATED)
def test_each_translation_is_of_a_text_that_is_still_said(locale: str) -> None:
    said: set[str] = set()
    for path in Path(rapport.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
    for path in Path(rapport.__file__).parent.rglob("templates/*.html"):
        said.update(found[2] for found in IN_TEMPLATE.finditer(path.read_text()))
    counted = {"{count} message"}

    for message in catalogue(locale):
        for one in forms(message.id)[:1]:
            assert not one or one in said | counted, (
                f"{locale}.po translates what nobody says: {one}"
            )


def test_a_text_comes_in_the_readers_language() -> None:
    assert t("de-AT", "You are invited to Rapport") == "Sie sind zu Rapport eingeladen"


def test_what_is_not_translated_is_said_in_english() -> None:
    assert t("de", "Nobody translated {this} yet", this="it") == "Nobody translated it yet"
    assert t("fr", "You are invited to Rapport") == "You are invited to Rapport"


def test_numbers_take_the_form_of_their_language() -> None:
    assert tn("en", "{count} message", "{count} messages", 1) == "1 message"
    assert tn("de", "{count} message", "{count} messages", 2) == "2 Nachrichten"
    assert tn("ar", "{count} message", "{count} messages", 3) == "3 رسائل"


def test_a_persons_choice_comes_before_the_workspaces_and_the_browsers() -> None:
    assert negotiate(user="ar", workspace="de", accept_language="en") == "ar"
    assert negotiate(workspace="de", accept_language="ar") == "de"
    assert negotiate(accept_language="fr;q=0.9, ar;q=0.5, de;q=0.7") == "de"
    assert negotiate(accept_language="en-GB, de") == "en"
    assert negotiate(accept_language="tlh; q=x, *") == "en"
    assert negotiate() == "en"


def test_arabic_is_written_from_right_to_left() -> None:
    assert direction("ar") == "rtl"
    assert direction("ar-EG") == "rtl"
    assert direction("de") == "ltr"
    assert direction("nonsense") == "ltr"
    assert nearest("ar-EG") == "ar"
