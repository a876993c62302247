"""What the assistant may show: words. No images, no links but those to our own articles.

A source is data. Whoever can write into an article, or into anything that becomes one, must not be
able to make the assistant send a reader, or the reader's browser, anywhere.
"""

import re
from collections.abc import Collection
from html.parser import HTMLParser
from typing import Final

from rapport.kernel import richtext

_IMAGE: Final = re.compile(r"!\[([^\[\]\n]{0,500})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])?")
_LINK: Final = re.compile(r"\[([^\[\]\n]{0,500})\]\(\s{0,3}<?([^()\s<>]{0,2000})>?[^()\n]{0,300}\)")
_REFERENCE: Final = re.compile(r"\[([^\[\]\n]{1,500})\]\[[^\[\]\n]{0,200}\]")
_DEFINITION: Final = re.compile(r"^ {0,3}\[[^\[\]\n]{1,200}\]:.*$", re.MULTILINE)
_ANGLED: Final = re.compile(
    r"<([a-zA-Z][a-zA-Z0-9+.-]{0,30}:[^<>\s]{0,2000}|[^<>\s@]{1,100}@[^<>\s]{1,200})>"
)
_TAG: Final = re.compile(r"</?[a-zA-Z!?][^<>]{0,2000}>")
_MARKS: Final = re.compile(r"([\\`*_\[\]<>()!&~|#])")
_SCHEME: Final = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://")


def harmless(markdown: str, *, allowed: Collection[str] = ()) -> str:
    """`markdown` without images, HTML and links, except links to the addresses in `allowed`.

    A link keeps its words. The result is checked as the reader's browser will get it: if anything
    else than words and allowed links should remain, only the bare words are returned.
    """
    text = _without_links(markdown, frozenset(allowed))
    return text if is_harmless(text, allowed=allowed) else _bare(markdown)


def is_harmless(markdown: str, *, allowed: Collection[str] = ()) -> bool:
    """Whether rendering `markdown` shows no image and links to nothing but `allowed`."""
    seen = _Addresses()
    seen.feed(richtext.render(markdown))
    seen.close()
    return not seen.has_media and seen.links <= frozenset(allowed)


def _without_links(markdown: str, allowed: frozenset[str]) -> str:
    text = _DEFINITION.sub("", markdown)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(lambda m: m[0] if m[2] in allowed else m[1], text)
    text = _REFERENCE.sub(r"\1", text)
    text = _ANGLED.sub(r"\1", text)
    text = _TAG.sub("", text)
    return _SCHEME.sub("", text).strip()


def escape(words: str) -> str:
    """`words` as Markdown that shows exactly them, on one line."""
    return _MARKS.sub(r"\\\1", _SCHEME.sub("", " ".join(words.split())))


def _bare(markdown: str) -> str:
    return escape(richtext.plain(markdown))


class _Addresses(HTMLParser):
    """Collects where a piece of HTML leads, and whether it loads anything by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.has_media = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "href":
                self.links.add(value or "")
            if name in {"src", "srcset", "style", "background", "poster", "data"}:
                self.has_media = True
