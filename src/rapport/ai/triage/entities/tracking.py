"""Numbers of parcels, told by their form and their check digit, or by what is said before them."""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from rapport.ai.triage.entities.values import Found, Tracking

_TOLD: Final = re.compile(
    r"track|sendung|paket|parcel|shipment|package|waybill|suivi|colis|seguimiento|env[ií]o|"
    r"gu[ií]a|"
    r"rastre|spedizione|tracciamento|corriere|zending|pakket|verzend|تتبع|شحنة|"
    r"\b(?:ups|dhl|fedex|usps|dpd|royal mail|hermes|evri|gls|correos|chronopost|colissimo|"
    r"postnl)\b",
    re.IGNORECASE,
)
_LIKELY: Final = re.compile(r"\d(?: ?\d){7}|1[Zz]|[A-Z]{2} ?\d{3}")
"""Without one of these no form fits."""
_NEAR: Final = 50


def _is_ups(number: str) -> bool:
    """1Z, fifteen signs, a check digit: odd places plus twice the even ones."""
    values = [int(it) if it.isdigit() else (ord(it) - 63) % 10 for it in number[2:-1]]
    total = sum(values[::2]) + 2 * sum(values[1::2])
    return number[-1] == str(-total % 10)


def _is_s10(number: str) -> bool:
    """UPU S10: two letters, eight digits, a check digit by weights mod 11, a country."""
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    total = sum(weight * int(it) for weight, it in zip(weights, number[2:10], strict=True))
    expected = 11 - total % 11
    return int(number[10]) == {10: 0, 11: 5}.get(expected, expected)


def _is_gs1(number: str) -> bool:
    """GS1 and USPS IMpb: three times every second digit from the right, mod 10."""
    digits = [int(it) for it in reversed(number[:-1])]
    return int(number[-1]) == -(3 * sum(digits[::2]) + sum(digits[1::2])) % 10


def _is_fedex_express(number: str) -> bool:
    """Weights 3, 1, 7 from the left, mod 11, mod 10."""
    total = sum(int(it) * (3, 1, 7)[at % 3] for at, it in enumerate(number[:-1]))
    return int(number[-1]) == total % 11 % 10


def _is_dhl_express(number: str) -> bool:
    """The first nine digits mod 7."""
    return int(number[-1]) == int(number[:-1]) % 7


class _Form(NamedTuple):
    pattern: re.Pattern[str]
    carriers: tuple[str, ...]
    proves: Callable[[str], bool] | None
    needs_word: bool


def _form(
    pattern: str, *carriers: str, proves: Callable[[str], bool] | None, needs_word: bool
) -> _Form:
    compiled = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-]|[ ]?\d)", re.ASCII)
    return _Form(compiled, carriers, proves, needs_word)


_FORMS: Final = (
    _form(r"1[Zz](?: ?[0-9A-Za-z]){15} ?\d", "ups", proves=_is_ups, needs_word=False),
    _form(
        r"[A-Z]{2} ?\d{4} ?\d{4} ?\d ?[A-Z]{2}|[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2}",
        "royal_mail",
        "dhl",
        "usps",
        "post",
        proves=_is_s10,
        needs_word=False,
    ),
    _form(r"JJD ?\d{12,18}|JVGL ?\d{10,20}", "dhl", proves=None, needs_word=False),
    _form(r"9[2-5]\d{2}(?: ?\d{4}){4} ?\d{2}", "usps", proves=_is_gs1, needs_word=False),
    _form(r"00340\d{15}", "dhl", proves=_is_gs1, needs_word=False),
    _form(r"\d{20}", "dhl", "fedex", "usps", proves=_is_gs1, needs_word=True),
    _form(r"\d{4} ?\d{4} ?\d{4}", "fedex", proves=_is_fedex_express, needs_word=True),
    _form(r"\d{15}", "fedex", proves=_is_gs1, needs_word=True),
    _form(r"\d{10}", "dhl", proves=_is_dhl_express, needs_word=True),
    _form(r"\d{4} ?\d{4} ?\d{4} ?\d{2}[0-9A-Z]?", "dpd", proves=None, needs_word=True),
)
"""The published forms. DPD's check sign belongs to the bar code and is seldom written."""


def read(text: str, *, needs_word: bool) -> Iterator[Found]:
    """The numbers of parcels, of forms that say so by themselves, or of those that do not.

    The first are proved by their check digit or by a word such as "tracking" before them; the
    others, nothing but digits, need the word, and the check digit where they have one.
    """
    if not _LIKELY.search(text):
        return
    for form in _FORMS:
        if form.needs_word != needs_word:
            continue
        for found in form.pattern.finditer(text):
            number = found[0].replace(" ", "").upper()
            is_proved = form.proves is not None and form.proves(number)
            if not _counts(form, is_proved=is_proved, is_told=_is_told(text, found.start())):
                continue
            value = Tracking(number, form.carriers, is_proved)
            yield Found("tracking", *found.span(), value, number)


def _counts(form: _Form, *, is_proved: bool, is_told: bool) -> bool:
    if form.needs_word:
        return is_told and (is_proved or form.proves is None)
    return is_proved or is_told or form.proves is None


def _is_told(text: str, start: int) -> bool:
    return _TOLD.search(text, max(0, start - _NEAR), start) is not None
