"""What a page says about itself, and where it leads."""

import re
from dataclasses import dataclass, field
from typing import Final

from rapport.knowledge.importing.tree import Tolerant
from rapport.knowledge.sources.web.robots import NAME

MAX_LINKS: Final = 2_000
_ADDRESSED: Final = frozenset({"robots", NAME.lower()})
_MOST_WORDS: Final = 300
_WORDS: Final = re.compile(r"[a-z]+")


@dataclass
class Signs:
    """The signs of a page. `links` as they are written, in order."""

    links: list[str] = field(default_factory=list)
    base: str | None = None
    """What its links are relative to, if the page says so."""
    canonical: str | None = None
    orders: set[str] = field(default_factory=set)
    """What the page asks of visitors, e.g. `noindex`."""
    heading: str = ""
    """The words of its first heading 1."""


def signs_of(html: str) -> Signs:
    """The signs of a page, read once, as a stream."""
    reader = _Reader()
    reader.feed(html)
    signs = reader.signs
    signs.heading = " ".join("".join(reader.heading).split())
    return signs


def orders(said: str) -> set[str]:
    """What a list such as `noindex, nofollow` asks for."""
    words = set(_WORDS.findall(said.lower()))
    return words | {"noindex", "nofollow"} if "none" in words else words


class _Reader(Tolerant):
    def __init__(self) -> None:
        super().__init__()
        self.signs = Signs()
        self.heading: list[str] = []
        self._headings = 0
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said, signs = {name: value or "" for name, value in attrs}, self.signs
        if tag in {"a", "area"} and "href" in said and len(signs.links) < MAX_LINKS:
            signs.links.append(said["href"])
        elif tag == "base" and signs.base is None:
            signs.base = said.get("href")
        elif tag == "link" and said.get("rel", "").lower() == "canonical":
            signs.canonical = signs.canonical or said.get("href")
        elif tag == "meta" and said.get("name", "").lower() in _ADDRESSED:
            signs.orders |= orders(said.get("content", ""))
        elif tag == "h1":
            self._headings += 1
            self._in_heading = self._headings == 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "h1":
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if self._in_heading and len(self.heading) < _MOST_WORDS:
            self.heading.append(data[:_MOST_WORDS])
