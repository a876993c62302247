"""Files that are pictures in a text: kept by their ids, shown by links that expire."""

import re
from collections.abc import Mapping
from typing import Final, Protocol
from uuid import UUID

_PICTURE: Final = re.compile(
    r"(?<=\")/files/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?=\")"
)


class Linked(Protocol):
    """A file with its links, see `schemas.FileOut`."""

    @property
    def url(self) -> str:
        """Where it lies for a day."""
        ...

    @property
    def preview_url(self) -> str | None:
        """Where a smaller picture of it does."""
        ...


def address(file_id: UUID) -> str:
    """What a stored text has for the address of a picture, in the quotes of its `src`."""
    return f"/files/{file_id}"


def shown_in(html: str) -> set[UUID]:
    """The files that a stored text shows."""
    return {UUID(found) for found in _PICTURE.findall(html)} if "/files/" in html else set()


def linked(html: str, files: Mapping[UUID, Linked]) -> str:
    """A stored text as it is told: its pictures have links that work for a day.

    Those that are not among `files` keep an address where nothing is.
    """
    if "/files/" not in html:
        return html

    def link(found: re.Match[str]) -> str:
        file = files.get(UUID(found[1]))
        return found[0] if file is None else file.preview_url or file.url

    return _PICTURE.sub(link, html)
