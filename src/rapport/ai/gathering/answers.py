"""Reading what a customer answers: a value of the fact's kind in one form, or none."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from rapport.ai.gathering.facts import Fact, Named
from rapport.kernel.folding import fold

MAX_CHARS: Final = 500
_MAX_ANSWER: Final = 4_000
_ENTITIES: Final = {
    "order_number": ("order", "reference", "invoice", "ticket", "tracking"),
    "email": ("email",),
    "phone": ("phone",),
    "date": ("date",),
    "amount": ("money",),
    "pattern": ("custom",),
}
"""What a message must name for a fact of this kind; the surest first."""
_CODE: Final = re.compile(r"^\W{0,3}(?=[\w/-]{0,30}\d[\w/-]{0,30}\d)[\w/-]{3,40}\W{0,3}$")
"""A bare number, as somebody writes it who was asked for it."""
_NUMBER: Final = re.compile(r"(?<![\w.,])[-+]?\d{1,15}(?:[.,]\d{1,6})?(?![\w]|[.,]\d)")
_LINE: Final = re.compile(r"^\s{0,6}(?:(?P<at>\d{1,2})[.):]\s{1,4})?(?P<rest>\S.{0,998})$")
_WORD: Final = re.compile(r"[^\W_]+")
_PLACE: Final = re.compile(r"^\W{0,3}(\d{1,2})\W{0,3}$")
_REFUSALS: Final = re.compile(
    r"\b(?:(?:do not|don't|dont) (?:have|know|want|remember|wish)|no idea|not sure|none of your|"
    r"rather not|prefer not|will not (?:say|tell|give)|can't find|cannot find|"
    r"(?:weiss|habe|finde|kenne|mochte) ich nicht|keine ahnung|will ich nicht|sage ich nicht|"
    r"(?:habe|hab|finde|kenne) (?:ich )?(?:sie |es |ihn )?(?:leider )?(?:keine?|nicht)|"
    r"no (?:lo |la )?(?:se|tengo|recuerdo|encuentro)|no quiero|prefiero no|ni idea|"
    r"(?:je )?ne (?:sais|l'ai|la|le|veux|trouve|souhaite)|je n'ai pas|aucune idee|prefere ne pas|"
    r"nao (?:sei|tenho|lembro|quero|encontro)|prefiro nao|nem ideia)\b"
    r"|لا (?:اعرف|اعلم|املك|اريد|اتذكر)|ليس (?:لدي|معي|عندي)"
)


def read(fact: Fact, answer: str, named: Sequence[Named] = ()) -> str | None:
    """The value of one fact in an answer to the question for it; None where it has none.

    `named` is what the answer names. Where it names several different ones, none is believed.
    """
    if fact.kind == "choice":
        return _choice(fact, answer)
    if fact.kind == "number":
        return _number(answer)
    if fact.kind == "text":
        return _text(answer)
    value = mentioned(fact, named)
    bare = answer.strip()
    if value is None and fact.kind == "order_number" and not named and _CODE.match(bare):
        return bare.strip("#.,;: ").upper()
    return value


def mentioned(fact: Fact, named: Sequence[Named]) -> str | None:
    """The value of a fact that a message names by the way, without being asked for it.

    What only an answer shows to be meant (a choice, a text, a bare number) is never found here.
    """
    for kind in _ENTITIES.get(fact.kind, ()):
        found = {one.normal for one in named if one.kind == kind}
        if kind == "custom":
            prefix = f"{fact.pattern}:"
            found = {n.removeprefix(prefix) for n in found if n.startswith(prefix)}
        if len(found) == 1:
            return found.pop()
        if found:
            return None
    return None


def refuses(answer: str) -> bool:
    """Whether a customer says that they cannot or will not tell."""
    return _REFUSALS.search(fold(answer[:_MAX_ANSWER]).replace("\u2019", "'")) is not None


def parts(asked: Sequence[Fact], answer: str) -> dict[str, str]:
    """Which line of an answer is about which fact, by its number or its label; by name of the fact.

    One fact alone has the whole answer, or what stands after its label.
    """
    if len(asked) == 1:
        after = _after_label(asked[0], answer[:_MAX_ANSWER])
        return {asked[0].name: answer[:_MAX_ANSWER] if after is None else after}
    found: dict[str, str] = {}
    for number, rest in _lines(answer):
        by_label = next((it for it in asked if _after_label(it, rest) is not None), None)
        if by_label is not None:
            found.setdefault(by_label.name, _after_label(by_label, rest) or "")
        elif number is not None and 1 <= number <= len(asked):
            found.setdefault(asked[number - 1].name, rest)
    return found


def _lines(answer: str) -> Iterator[tuple[int | None, str]]:
    for line in answer[:_MAX_ANSWER].splitlines():
        match = _LINE.match(line)
        if match:
            yield int(match["at"]) if match["at"] else None, match["rest"].strip()


def _after_label(fact: Fact, line: str) -> str | None:
    """What stands after `Label:`; None where the line does not begin so."""
    label, colon, rest = line.partition(":")
    known = {fold(word) for word in (*fact.labels.values(), fact.name)}
    return rest.strip() if colon and fold(label).strip(" *_") in known else None


def _choice(fact: Fact, answer: str) -> str | None:
    """What was chosen: by its place, its words or its value; only where one alone is meant."""
    values = list(fact.choices)
    place = _PLACE.match(answer)
    if place:
        number = int(place[1])
        return values[number - 1] if 1 <= number <= len(values) else None
    said = _spaced(answer[:_MAX_ANSWER])
    meant = [
        value
        for value, words in fact.choices.items()
        if any(_spaced(word) in said for word in (value, *words.values()))
    ]
    return meant[0] if len(meant) == 1 else None


def _spaced(text: str) -> str:
    """The folded words of a text, with a space around each."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def _number(answer: str) -> str | None:
    found = set(_NUMBER.findall(answer[:_MAX_ANSWER]))
    if len(found) != 1:
        return None
    try:
        return format(Decimal(found.pop().replace(",", ".")), "f")
    except InvalidOperation:
        return None


def _text(answer: str) -> str | None:
    text = " ".join(answer.split())[:MAX_CHARS]
    return text if any(sign.isalnum() for sign in text) else None
