"""Which parts of a message are its text and which came with it (after RFC 8621, section 4.1.4)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import unquote

from rapport.channels.email.parsing import flowed, names, plain, structure, tnef, transfer
from rapport.channels.email.parsing.charsets import decode
from rapport.channels.email.parsing.mail import Attachment, Problems
from rapport.channels.email.parsing.structure import Part

MAX_TEXT_BYTES: Final = 1_000_000
_TEXTS: Final = frozenset({"text/plain", "text/html"})
_FOR_OTHER_SCREENS: Final = frozenset({"text/x-amp-html", "text/watch-html"})
_MESSAGES: Final = frozenset({"message/rfc822", "message/global"})
_TNEF: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_CID: Final = re.compile(r"\bcid:([^\"'\s<>)]{1,300})", re.IGNORECASE)


@dataclass
class Content:
    """What a message says and carries."""

    text: str = ""
    html: str | None = None
    attachments: list[Attachment] = field(default_factory=list)


@dataclass
class _Sorted:
    """The leaves of a message by what they are for."""

    texts: list[Part] = field(default_factory=list)
    htmls: list[Part] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)
    named_first: list[Part] = field(default_factory=list)


def leaves(part: Part) -> Iterator[Part]:
    """Every part that has no children, in order."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)


def decoded(part: Part, problems: Problems) -> bytes:
    """The body of a leaf without its transfer encoding."""
    kind = transfer.kind_of(part.headers.get("content-transfer-encoding"), problems)
    is_text = part.content_type.startswith(("text/", "message/"))
    return transfer.decode_body(part.body, kind, is_text=is_text, problems=problems)


def read(root: Part, problems: Problems) -> Content:
    """The text, the HTML and the attachments of a message.

    A mail that has only HTML gets its words as text. Files inside `winmail.dat` and uuencoded ones
    inside the text become attachments. What all texts together have beyond 1,000,000 bytes is cut
    off, and the texts it belongs to are kept whole as attachments.
    """
    found = _Sorted()
    _sort([root], "mixed", found, is_choice=False, texts=True, htmls=True)
    if not found.texts and not found.htmls and found.named_first:
        found.texts = found.htmls = found.named_first
    reader = _Reader(problems)
    text = "\n\n".join(t for part in found.texts if (t := reader.as_text(part).strip("\n")))
    has_html = any(part.content_type == "text/html" for part in found.htmls)
    html = "\n".join(map(reader.as_html, found.htmls)) if has_html else ""
    if not text.strip():
        text = plain.text_of(html)
    content = Content(text, html if html.strip() else None, reader.attachments)
    shown = {unquote(cid).lower() for cid in _CID.findall(html)}
    for part in found.attached:
        _attach(part, content, shown, problems)
    return content


def _sort(
    parts: Sequence[Part], kind: str, found: _Sorted, *, is_choice: bool, texts: bool, htmls: bool
) -> None:
    """Put the leaves below `parts`, the children of a multipart/`kind`, where they belong.

    Inside an alternative (`is_choice`) the first text of a branch says which of both the branch is;
    otherwise texts are part of the text and of the HTML.
    """
    before = len(found.texts), len(found.htmls)
    for index, part in enumerate(parts):
        is_html = part.content_type == "text/html"
        if part.children:
            inner = part.content_type.partition("/")[2]
            is_inner_choice = is_choice or inner == "alternative"
            _sort(part.children, inner, found, is_choice=is_inner_choice, texts=texts, htmls=htmls)
        elif kind == "alternative" and part.content_type in _FOR_OTHER_SCREENS:
            continue
        elif not _is_body(part, index, kind):
            _set_aside(part, index, found)
        elif kind == "alternative":
            (found.htmls if is_html else found.texts).append(part)
        else:
            texts, htmls = (
                texts and not (is_choice and is_html),
                htmls and (is_html or not is_choice),
            )
            _add(part, found, texts=texts, htmls=htmls)
    if kind == "alternative" and texts and htmls:
        _complete(found, before)


def _add(part: Part, found: _Sorted, *, texts: bool, htmls: bool) -> None:
    if texts:
        found.texts.append(part)
    if htmls:
        found.htmls.append(part)


def _set_aside(part: Part, index: int, found: _Sorted) -> None:
    """Attach a part; a named text is also the text of the mail when there is no other."""
    found.attached.append(part)
    is_file = part.disposition == "attachment" and part.filename
    if part.content_type in _TEXTS and index == 0 and not is_file:
        found.named_first.append(part)


def _complete(found: _Sorted, before: tuple[int, int]) -> None:
    """An alternative with only one kind of text stands for both."""
    texts, htmls = found.texts[before[0] :], found.htmls[before[1] :]
    if not texts:
        found.texts += htmls
    elif not htmls:
        found.htmls += texts


def _is_body(part: Part, index: int, kind: str) -> bool:
    if part.content_type not in _TEXTS or part.disposition == "attachment":
        return False
    if part.disposition_parameters.get("filename"):
        return False
    if index == 0 or kind == "alternative":
        return True
    return not part.filename and (kind != "related" or part.content_type == "text/html")


class _Reader:
    """Reads the texts of a message, each once, and keeps what does not fit or belong."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.attachments: list[Attachment] = []
        self.read: dict[Part, str] = {}
        self.left = MAX_TEXT_BYTES

    def as_text(self, part: Part) -> str:
        said = self.text_of(part)
        return plain.text_of(said) if part.content_type == "text/html" else said

    def as_html(self, part: Part) -> str:
        said = self.text_of(part)
        if part.content_type == "text/html" or not said.strip():
            return said
        return f"<p>{'<br>'.join(escape(said.strip()).splitlines())}</p>"

    def text_of(self, part: Part) -> str:
        """The text as sent, with a line feed at the end of each line."""
        if part not in self.read:
            self.read[part] = self.decoded(part)
        return self.read[part]

    def decoded(self, part: Part) -> str:
        data = decoded(part, self.problems)
        if part.content_type == "text/plain" and b"begin " in data:
            data = self.without_files(data)
        if len(data) > self.left:
            data = self.shortened(part, data)
        self.left -= len(data)
        named = part.parameters.get("charset")
        meta = _META_CHARSET.search(data[:3_000]) if part.content_type == "text/html" else None
        text, problem = decode(data, named, hints=[meta[1].decode()] if meta else [])
        if problem:
            self.problems.note(problem)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if part.content_type == "text/plain" and _is_flowed(part):
            delsp = part.parameters.get("delsp", "").lower() == "yes"
            return flowed.unwrapped(text, delsp=delsp)
        return text

    def shortened(self, part: Part, data: bytes) -> bytes:
        self.problems.note("A text was too long; the whole of it is attached.")
        self.attachments.append(
            Attachment(names.name_for(part), part.content_type, False, part.content_id, data)
        )
        end = data.rfind(b"\n", 0, self.left)
        return data[: end if end > 0 else self.left]

    def without_files(self, data: bytes) -> bytes:
        kept, position = [], 0
        for start, end, content, name in transfer.uu_files(data):
            kept.append(data[position:start])
            position = end
            self.attachments.append(
                Attachment(
                    names.safe(decode(name)[0]), "application/octet-stream", False, None, content
                )
            )
        return b"".join([*kept, data[position:]])


def _is_flowed(part: Part) -> bool:
    return part.parameters.get("format", "").lower() == "flowed"


def _attach(part: Part, content: Content, shown: set[str], problems: Problems) -> None:
    data = decoded(part, problems)
    if part.content_type in _TNEF or part.filename.lower() == "winmail.dat":
        opened = tnef.read(data)
        if opened is not None:
            content.attachments += opened.attachments
            if not content.text.strip() and content.html is None:
                content.html = opened.html
                content.text = opened.text or plain.text_of(opened.html or "")
            return
        problems.note("A winmail.dat could not be opened; it is attached as it is.")
    subject = ""
    if part.content_type in _MESSAGES:
        subject = structure.head(data[:100_000]).words("subject")
    content.attachments.append(
        Attachment(
            name=names.name_for(part, subject=subject),
            content_type=part.content_type,
            inline=_is_inline(part, shown),
            content_id=part.content_id,
            content=data,
        )
    )


def _is_inline(part: Part, shown: set[str]) -> bool:
    if part.content_id and part.content_id.lower() in shown:
        return True
    if part.disposition == "attachment":
        return False
    is_nameless_picture = part.content_type.startswith("image/") and not part.filename
    return part.disposition == "inline" or bool(part.content_id) or is_nameless_picture
