"""Numbers of telephones, as +<country><number>."""

from collections.abc import Iterator

from rapport.ai.triage.entities.values import Found
from rapport.inference.personal.service import Span


def dialled(text: str, personal: list[Span], region: str | None) -> Iterator[Found]:
    """The numbers among what is somebody's; `region` is where one without a prefix is meant."""
    for span in personal:
        if span.kind == "phone":
            number = _e164(text[span.start : span.end], region)
            if number is not None:
                yield Found("phone", span.start, span.end, number, number)


def _e164(number: str, region: str | None) -> str | None:
    # Imported only here: its tables take 6 MB, and most messages have no number.
    import phonenumbers  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
