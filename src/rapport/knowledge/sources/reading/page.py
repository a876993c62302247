"""A page that was fetched, as a text with a title."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from rapport.knowledge.importing.html import of_tree
from rapport.knowledge.importing.tree import parse
from rapport.knowledge.sources.reading.charset import decoded
from rapport.knowledge.sources.reading.main_text import main_text
from rapport.knowledge.sources.reading.signs import orders, signs_of
from rapport.knowledge.sources.web.addresses import normal
from rapport.knowledge.sources.web.robots import NAME

MAX_CHARS: Final = 100_000
MAX_TITLE_CHARS: Final = 300
MAX_BRACKETS: Final = 5_000
"""Of those that a text may open as Markdown: reading them takes the square of their number."""
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_PLAIN: Final = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
_MARKDOWN_HEADING: Final = re.compile(r"\A\s*#[ \t]+(.+?)[ \t#]*(?:\n|\Z)")


class NotReadable(ValueError):
    """No text can be made of it; the message says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is indexed: a title, and a text as Markdown."""

    title: str
    body: str

    def fingerprint(self, locale: str) -> bytes:
        """A hash over all of it, and the language it is taken to be in."""
        return hashlib.sha256(f"{locale}\0{self.title}\0{self.body}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says, where it leads, and what it asks of those who visit it by program.

    `canonical` is where it says it really stands; None where that is its own address.
    """

    text: Text
    links: tuple[str, ...]
    canonical: str | None
    may_index: bool
    may_follow: bool


def read(url: str, headers: Mapping[str, str], content: bytes) -> Page:
    """Read a page. It takes time in proportion to its length.

    Raises:
        NotReadable: it is neither HTML nor text.
    """
    told = headers.get("content-type", "")
    kind = told.partition(";")[0].strip().lower() or "text/html"
    asked = _asked(headers.get("x-robots-tag", ""))
    if kind in _HTML:
        return _of_html(url, decoded(content, told), asked)
    if kind in _PLAIN:
        text = of_markdown(decoded(content, told), _name_of(url))
        return Page(text, (), None, "noindex" not in asked, may_follow=False)
    raise NotReadable(f"Files of the kind {kind[:80]} are not read.")


def of_markdown(source: str, name: str) -> Text:
    """A plain text or Markdown, called by its first heading, else `name`."""
    source = source[: 2 * MAX_CHARS]
    if source.count("[") > MAX_BRACKETS:
        source = source.replace("[", "(").replace("]", ")")
    found = _MARKDOWN_HEADING.match(source)
    title, body = (found[1], source[found.end() :]) if found else (name, source)
    return _text(title, body)


def of_html(html: str, name: str) -> Text:
    """The own text of an HTML page, called by its heading, else its title, else `name`."""
    return _extracted(html, "", name)


def _of_html(url: str, html: str, asked: set[str]) -> Page:
    signs = signs_of(html)
    base = (signs.base and normal(signs.base, url)) or url
    links = dict.fromkeys(filter(None, (normal(link, base) for link in signs.links)))
    canonical = normal(signs.canonical, base) if signs.canonical else None
    wishes = asked | signs.orders
    return Page(
        text=_extracted(html, signs.heading, _name_of(url)),
        links=tuple(links),
        canonical=None if canonical == url else canonical,
        may_index="noindex" not in wishes,
        may_follow="nofollow" not in wishes,
    )


def _extracted(html: str, heading: str, name: str) -> Text:
    title, root = parse(html)
    found, body = of_tree(heading or title, main_text(root))
    return _text(found or name, body)


def _text(title: str, body: str) -> Text:
    title = " ".join(title.split())[:MAX_TITLE_CHARS]
    body = body.strip()
    if len(body) > MAX_CHARS:
        body = (body[:MAX_CHARS].rpartition("\n")[0] or body[:MAX_CHARS]).rstrip()
    return Text(title or "Untitled", body)


def _asked(header: str) -> set[str]:
    """What `X-Robots-Tag` asks of everybody, or of us by name."""
    found: set[str] = set()
    for part in header.split(","):
        name, colon, rest = part.partition(":")
        if not colon or name.strip().lower() == NAME.lower():
            found |= orders(rest if colon else part)
    return found


def _name_of(url: str) -> str:
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    words = re.sub(r"\.\w{1,8}$", "", last)
    return " ".join(re.sub(r"[-_]+", " ", words).split()) or (urlsplit(url).hostname or "")
