"""Sitemaps: lists of addresses, lists of lists, packed or not."""

import zlib
from dataclasses import dataclass
from typing import Final

from rapport.knowledge.importing.tree import Tolerant

MAX_BYTES: Final = 10 * 1024 * 1024
"""Of a sitemap that was packed, unpacked."""
MAX_ADDRESSES: Final = 50_000
_CDATA: Final = "[CDATA["
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The addresses it lists, of pages and of other sitemaps."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]


class SitemapUnreadable(ValueError):
    """It is damaged, or grows too large when it is unpacked."""


def parse(content: bytes) -> Sitemap:
    """Read a sitemap in XML or as lines, also packed; what is in it besides addresses is passed by.

    It is read as a stream of tags, so that no entity is ever expanded.

    Raises:
        SitemapUnreadable: see there.
    """
    text = _unpacked(content).decode("utf-8-sig", "replace")
    if "<" not in text:
        lines = (line.strip() for line in text.splitlines()[:MAX_ADDRESSES])
        return Sitemap(tuple(filter(None, lines)), ())
    reader = _Reader()
    reader.feed(text)
    return Sitemap(tuple(reader.pages), tuple(reader.sitemaps))


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(_GZIP):
        return content
    machine = zlib.decompressobj(wbits=31)
    try:
        unpacked = machine.decompress(content, MAX_BYTES)
    except zlib.error as error:
        raise SitemapUnreadable("The sitemap is damaged.") from error
    if machine.unconsumed_tail:
        raise SitemapUnreadable("The sitemap is too large when it is unpacked.")
    return unpacked


class _Reader(Tolerant):
    """Collects what stands in `<loc>`, by whether it is of a page or of another sitemap."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []
        self.sitemaps: list[str] = []
        self._said: list[str] | None = None
        self._into = self.pages

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"url", "sitemap"}:
            self._into = self.pages if tag == "url" else self.sitemaps
        elif tag == "loc":
            self._said = []

    def handle_endtag(self, tag: str) -> None:
        if tag != "loc" or self._said is None:
            return
        address = "".join(self._said).strip()
        if address and len(self._into) < MAX_ADDRESSES:
            self._into.append(address)
        self._said = None

    def handle_data(self, data: str) -> None:
        if self._said is not None:
            self._said.append(data)

    def handle_comment(self, data: str) -> None:
        """A CDATA section comes as a comment; its text is text like any other."""
        if self._said is not None and data.startswith(_CDATA):
            self._said.append(data.removeprefix(_CDATA).removesuffix("]]"))
