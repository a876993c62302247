"""E-mail addresses as people type them."""

import re
from typing import Annotated

from pydantic import AfterValidator

MAX_CHARS = 254
_SHAPE = re.compile(
    r"[^\s@<>\"(),;:\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),;:\\\[\]\x00-\x1f\x7f]{1,190}"
)


def clean(address: str) -> str:
    """The address without surrounding space, its domain in lower case.

    Raises:
        ValueError: it cannot be an e-mail address.
    """
    address = address.strip()
    if len(address) > MAX_CHARS or not _SHAPE.fullmatch(address):
        raise ValueError("This is not an e-mail address.")
    local, domain = address.rsplit("@", 1)
    if domain.startswith((".", "-")) or domain.endswith((".", "-")) or ".." in domain:
        raise ValueError("This is not an e-mail address.")
    return f"{local}@{domain.lower()}"


EmailAddress = Annotated[str, AfterValidator(clean)]
"""A field that holds an e-mail address."""
