"""What is fuzzed: each takes bytes, and raises when what reads them breaks its promise."""

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Final
from uuid import UUID

import msgspec

from rapport.channels.email.parsing import parse
from rapport.channels.email.replies import language, split, split_html
from rapport.conversations.search.words import MAX_QUERY_WORDS, query_of, words_of
from rapport.kernel import richtext
from rapport.kernel.errors import RapportError
from rapport.kernel.events import Cursor
from rapport.kernel.files.kinds import FORBIDDEN_EXTENSIONS, kind_of
from rapport.kernel.files.names import MAX_CHARS, clean_name, extension_of
from rapport.kernel.realtime import frames
from rapport.kernel.schemas import decode_cursor, encode_cursor
from rapport.kernel.urls import is_safe_link, is_web_address, origin_of

_TAGS: Final = (
    "a abbr b blockquote br caption cite code dd del details div dl dt em figcaption figure h1 h2 "
    "h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary "
    "sup table tbody td tfoot th thead tr u ul var wbr"
)
_NAMES: Final = (
    "href title target rel src alt width height loading referrerpolicy class start align colspan "
    "rowspan"
)
_HARMLESS: Final = frozenset(_TAGS.split())
_ATTRIBUTES: Final = frozenset(_NAMES.split())
_BAD_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\<>:\"|?*]")


class Broken(AssertionError):
    """A promise was not kept."""


class _Judge(HTMLParser):
    """Refuses HTML that could do anything but be read."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HARMLESS:
            raise Broken(f"<{tag}> came through")
        for name, value in attrs:
            if name not in _ATTRIBUTES:
                raise Broken(f"{name}= came through")
            if name == "href" and not is_safe_link(value or ""):
                raise Broken(f"href={value!r} came through")
            if name == "src" and not re.fullmatch(r"/files/[\w.~-]+", value or ""):
                raise Broken(f"src={value!r} came through")

    def handle_comment(self, data: str) -> None:
        raise Broken("a comment came through")


def _judge(html: str) -> None:
    judge = _Judge()
    judge.feed(html)
    judge.close()


def html(data: bytes) -> None:
    """The sanitiser: its output is harmless, and sanitising that changes nothing more."""
    clean = richtext.sanitise(_text(data))
    _judge(clean)
    _judge(richtext.sanitise(clean))


def markdown(data: bytes) -> None:
    """The renderer and the previews."""
    source = _text(data)
    for breaks in (True, False):
        _judge(richtext.render(source, breaks=breaks))
    words = richtext.plain(source)
    if "\n" in words:
        raise Broken("plain text has several lines")
    if len(richtext.plain(source, max_chars=200)) > 200:
        raise Broken("a preview is too long")


def mail(data: bytes) -> None:
    """A message of any kind: what it says, its writer's own words, and HTML that does no harm."""
    said = parse(data)
    parts = split(said.text)
    kept = f"{parts.reply}\n{parts.quoted}\n{parts.signature}"
    if Counter(said.text.split()) != Counter(kept.split()):
        raise Broken("words were lost or invented")
    language.of(parts.reply)
    if said.html:
        own, quoted = split_html(said.html)
        _judge(richtext.sanitise(own))
        _judge(richtext.sanitise(quoted))


def cursors(data: bytes) -> None:
    """Cursors and ids from outside are understood or refused; ours survive the journey."""
    text = _text(data)
    for read in (
        lambda: decode_cursor(text, str, UUID),
        lambda: decode_cursor(text, int, float),
        lambda: Cursor.parse(text),
    ):
        try:
            read()
        except RapportError:
            continue
    if text.isprintable():
        written = encode_cursor([text, len(text)])
        if decode_cursor(written, str, int) != [text, len(text)]:
            raise Broken("a cursor was read as another")


def addresses(data: bytes) -> None:
    """Links: whatever is called safe is a web address, mail, or a place on this server."""
    text = _text(data)
    if is_safe_link(text) and not re.match(r"https?://|mailto:|#|/(?!/)", text, re.IGNORECASE):
        raise Broken("a link was called safe")
    if is_web_address(text) != (origin_of(text) is not None):
        raise Broken("a web address without an origin")


def names(data: bytes) -> None:
    """File names: what comes out can be stored, and keeps its extension."""
    text = _text(data)
    extension_of(text)
    for extension in ("txt", "png"):
        name = clean_name(text, extension=extension)
        if len(name) > MAX_CHARS or not name.endswith(f".{extension}"):
            raise Broken(f"{name!r} is no file name")
        if _BAD_IN_NAMES.search(name) or name.startswith("."):
            raise Broken(f"{name!r} is no safe file name")


def files(data: bytes) -> None:
    """File kinds: refused in words or understood."""
    name, _, content = data.partition(b"\n")
    try:
        kind = kind_of(content, _text(name))
    except RapportError:
        return
    if extension_of(_text(name)) in FORBIDDEN_EXTENSIONS:
        raise Broken("a forbidden extension came through")
    if kind.extension_for(_text(name)) not in kind.extensions:
        raise Broken("a file is kept under a foreign extension")


def sockets(data: bytes) -> None:
    """What a browser says on a WebSocket."""
    try:
        frames.decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return


def search(data: bytes) -> None:
    """What people search for, as PostgreSQL's tsquery: words and nothing else."""
    text = _text(data)
    if any(not word for word in words_of(text)):
        raise Broken("an empty word")
    query = query_of(text)
    if query is not None and not re.fullmatch(r"'\w+'( & '\w+')*:\*", query):
        raise Broken(f"{query!r} is no list of words")
    if query is not None and query.count(" & ") >= MAX_QUERY_WORDS:
        raise Broken("too many words")


def _text(data: bytes) -> str:
    """Any text JSON can carry; half a surrogate pair is refused before these functions."""
    return data.decode("utf-8", "replace")


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    it.__name__: it
    for it in (html, markdown, mail, cursors, addresses, names, files, sockets, search)
}
