"""Everything a message names, each part of it once.

Where two kinds claim the same part, the surer has it: kinds are asked in the order of `_read`, and
what one has taken is none of the others'. Within a kind, what begins first.
"""

from collections.abc import Iterator
from typing import Final

from rapport.ai.triage.entities import clocks, labels, technical, tracking
from rapport.ai.triage.entities.almanac import almanac
from rapport.ai.triage.entities.amounts import Amounts
from rapport.ai.triage.entities.dates import Dates
from rapport.ai.triage.entities.phones import dialled
from rapport.ai.triage.entities.setting import Setting
from rapport.ai.triage.entities.values import MAX_CHARS, Entity, Found, Taken
from rapport.ai.triage.entities.words import words_of
from rapport.inference.personal.service import Span
from rapport.inference.personal.service import find as find_personal

_TOLD: Final = {"url", "email"}
"""Of what is somebody's, what is told; a card, an account or a secret is not."""


def find(text: str, setting: Setting) -> list[Entity]:
    """What the first `MAX_CHARS` characters of a message name, in their order; none overlap."""
    text = text[:MAX_CHARS].encode("utf-8", "replace").decode()
    taken, found = Taken(len(text)), list[Entity]()
    personal = find_personal(text)
    for span in personal:
        if span.kind != "phone":
            taken.take(span.start, span.end)
    for one in (*_addresses(text, personal), *_read(text, setting, personal)):
        if one.kind in _TOLD or taken.take(one.start, one.end):
            found.append(Entity(one.kind, text[one.start : one.end], one.start, one.end, *one[3:]))
    return sorted(found, key=lambda entity: entity.start)


def _addresses(text: str, personal: list[Span]) -> Iterator[Found]:
    for span in personal:
        said = text[span.start : span.end]
        if span.kind == "email":
            name, _, domain = said.rpartition("@")
            normal = f"{name}@{domain.lower()}"
            yield Found("email", span.start, span.end, normal, normal)
        elif span.kind == "url":
            yield Found("url", span.start, span.end, said, said)


def _read(text: str, setting: Setting, personal: list[Span]) -> Iterator[Found]:
    """The surest first. A phone's number comes after those that have names."""
    words = words_of(text)
    terms = almanac(setting.tongue).each(text, words)
    yield from setting.patterns.read(text)
    yield from tracking.read(text, needs_word=False)
    yield from labels.read(text, words)
    yield from tracking.read(text, needs_word=True)
    yield from dialled(text, personal, setting.customs.region)
    yield from setting.products.read(text)
    yield from technical.errors(text)
    yield from technical.platforms(text)
    yield from Dates(text, words, terms, setting).read()
    yield from clocks.read(text)
    yield from Amounts(text, words, terms, setting).read()
    yield from technical.dotted(text)
