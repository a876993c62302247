"""Finding what is somebody's in a text, by patterns and checksums, in time linear in its length.

Names are not found: no pattern knows them. Whoever has a customer's name at hand covers it by
`Cover.also`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Literal

from rapport.inference.personal import phones
from rapport.inference.personal.checksums import is_iban, is_luhn

Kind = Literal["secret", "email", "url", "iban", "ip", "ssn", "card", "phone"]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, from `start` up to `end`."""

    kind: Kind
    start: int
    end: int


_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w-])"
)
_URL: Final = re.compile(r"(?<![\w@.])(?:https?://|www\.)[^\s<>\"'()\[\]]{3,2000}", re.IGNORECASE)
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}")
_IP: Final = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]{2,39})(?![\w.]*\w)")
_SSN: Final = re.compile(r"(?<![\w-])(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_CARD: Final = re.compile(r"(?<![\w+-])\d(?:[ -]?\d){11,18}(?![\w-]?\d)")
_CARD_WORDS: Final = re.compile(
    r"\b(?:credit|debit|card|cards|visa|master\s?card|amex|maestro|karte|kreditkarte|kartennummer|"
    r"carte|tarjeta|carta|cart[aã]o|karta|kort)\b|بطاقة",
    re.IGNORECASE,
)
_SECRETS: Final = (
    re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{1,8000}-----END [A-Z ]{0,30}KEY-----"),
    re.compile(r"(?<![\w-])eyJ[\w-]{10,2000}\.[\w-]{10,4000}\.[\w-]{10,1000}"),
    re.compile(
        r"(?<![\w-])(?:sk|pk|rk)[-_](?:live[-_]|test[-_]|proj[-_]|ant[-_])?[\w-]{16,200}"
        r"|(?<![\w-])(?:AKIA|ASIA)[0-9A-Z]{16}(?![\w-])"
        r"|(?<![\w-])gh[opsu]_\w{30,200}|(?<![\w-])github_pat_\w{30,200}"
        r"|(?<![\w-])glpat-[\w-]{20,100}|(?<![\w-])xox[abeprs]-[\w-]{10,200}"
        r"|(?<![\w-])AIza[\w-]{35}|(?<![\w-])SG\.[\w-]{16,64}\.[\w-]{16,64}"
    ),
)
_TOLD: Final = re.compile(
    r"\b(?:password|passwort|passcode|kennwort|mot de passe|contrase[nñ]a|senha|wachtwoord|"
    r"has[lł]o|pin|cvv2?|cvc|tan|otp)\b(?:\s{1,3}(?:is|was|ist|war|lautet|est|es|[eé]|:|=)|\s{0,3}[:=])"
    r"\s{0,3}[\"'“„«»]?(?P<told>[^\s\"'”“«»,;]{3,128})",
    re.IGNORECASE,
)
_AROUND: Final = 60


def find(text: str) -> list[Span]:
    """What is somebody's in a text, in its order; no two overlap."""
    taken: list[Span] = []
    is_taken = bytearray(len(text))
    for kind, look in _LOOKS:
        for start, end in look(text):
            if not any(is_taken[start:end]):
                taken.append(Span(kind, start, end))
                is_taken[start:end] = b"\x01" * (end - start)
    return sorted(taken, key=lambda span: span.start)


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _SECRETS:
        yield from (found.span() for found in pattern.finditer(text))
    yield from (found.span("told") for found in _TOLD.finditer(text))


def _emails(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _EMAIL.finditer(text))


def _urls(text: str) -> Iterator[tuple[int, int]]:
    for found in _URL.finditer(text):
        yield found.start(), found.start() + len(found[0].rstrip(".,;:!?"))


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    """The longest beginning of each candidate that proves itself: words may follow it."""
    for found in _IBAN.finditer(text):
        ends = [i for i in range(len(found[0]), 14, -1) if found[0][i - 1].isalnum()]
        for end in ends:
            letters = re.sub(r"[ -]", "", found[0][:end])
            if len(letters) < 15:
                break
            after = text[found.start() + end : found.start() + end + 1]
            if not after.isalnum() and is_iban(letters):
                yield found.start(), found.start() + end
                break


def _ips(text: str) -> Iterator[tuple[int, int]]:
    for found in _IP.finditer(text):
        if found[0].count(":") == 1 or found[0] == "::":
            continue  # a time of day
        try:
            ip_address(found[0])
        except ValueError:
            continue
        yield found.span()


def _ssns(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _SSN.finditer(text))


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for found in _CARD.finditer(text):
        digits = re.sub(r"[ -]", "", found[0])
        if not is_luhn(digits) or len(set(digits)) == 1:
            continue
        is_usual = len(digits) > 12 and digits[0] in "23456"
        near = text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
        if is_usual or _CARD_WORDS.search(near):
            yield found.span()


_LOOKS: Final[tuple[tuple[Kind, Callable[[str], Iterator[tuple[int, int]]]], ...]] = (
    ("email", _emails),
    ("secret", _secrets),
    ("url", _urls),
    ("iban", _ibans),
    ("ip", _ips),
    ("ssn", _ssns),
    ("card", _cards),
    ("phone", phones.find),
)
"""The surest first: what one has taken is none of the others'."""
