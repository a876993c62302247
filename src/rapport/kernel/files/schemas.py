"""Files as clients see them."""

from uuid import UUID

from rapport.kernel.schemas import Out


class FileOut(Out):
    """A file that may be downloaded for a while: the addresses are signed and expire."""

    id: UUID
    name: str
    content_type: str
    size_bytes: int
    url: str
    preview_url: str | None
    """A smaller picture to show in its place; only for pictures."""
    width: int | None
    height: int | None
