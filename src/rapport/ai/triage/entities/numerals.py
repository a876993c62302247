"""Numbers as people write them: 1.299,00 and 1,299.00 and 1 299,00."""

import re
from decimal import Decimal
from typing import Final

NUMBER: Final = (
    r"\d{1,3}(?:[ \u00a0\u202f'\u2019]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,12}(?:[.,]\d{1,6}){0,5}(?!\d)"
)
_GROUPING: Final = re.compile(r"[ \u00a0\u202f'\u2019]")


def read(written: str, *, decimal: str) -> tuple[Decimal, ...]:
    """What a number may be, the likeliest first; `decimal` is the reader's sign, comma or point.

    Only one sign with three digits after it leaves a doubt: 1.299 is about one, or over a thousand.
    """
    bare = _GROUPING.sub("", written)
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return (Decimal(bare),)
    whole, sign, part = bare[:last], bare[last], bare[last + 1 :]
    as_part = Decimal(f"{re.sub(r'[.,]', '', whole)}.{part}")
    as_group = Decimal(re.sub(r"[.,]", "", bare))
    if sign in whole:
        return (as_group,)
    if len(part) != 3 or whole.startswith("0") or re.search(r"[.,]", whole) or len(whole) > 3:
        return (as_part,)
    return (as_part, as_group) if sign == decimal else (as_group, as_part)


def plain(number: Decimal) -> str:
    """A number without an exponent."""
    return f"{number:f}"
