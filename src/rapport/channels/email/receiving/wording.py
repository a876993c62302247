"""What a mail says, as a message: its own words, apart from what it quotes, safe to show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from rapport.channels.email.parsing import Mail
from rapport.channels.email.replies import language, split, split_html
from rapport.kernel import richtext
from rapport.kernel.files.pictures import address as address_of

MAX_BODY_CHARS: Final = 100_000
_CID: Final = re.compile(r"\bcid:([^\"'\s<>)]{1,300})", re.IGNORECASE)
_MARK: Final = re.compile(r"^> ?", re.MULTILINE)
_REMOTE: Final = re.compile(
    r"<img\b[^<>]{0,2000}?\bsrc\s{0,10}=\s{0,10}[\"']?\s{0,10}(?:https?:)?//", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A mail as a message shows it. `html` and `quoted_html` are safe.

    Pictures in them have addresses of the form `/files/<id>`, to be signed when they are shown.
    """

    body: str
    html: str
    quoted_html: str
    language: str | None
    has_blocked_images: bool


def word(mail: Mail, pictures: Mapping[str, UUID]) -> Wording:
    """The words of a mail; `pictures` are the files to show for its content ids, in small letters.

    Text beyond 100,000 characters is cut off; the whole of it is in the message as it came.
    """
    said = split(mail.text)
    body = _clean(said.reply or mail.text)[:MAX_BODY_CHARS]
    tongue = language.of(said.reply or mail.text)
    if mail.html is None:
        removed = "\n\n".join(part for part in (said.signature, said.quoted) if part)
        quoted = richtext.from_plain(_MARK.sub("", _clean(removed))) if removed else ""
        return Wording(body, richtext.from_plain(body), quoted, tongue, False)
    own, quoted = split_html(_clean(mail.html))
    return Wording(
        body,
        richtext.sanitise(_pictured(own, pictures)),
        richtext.sanitise(_pictured(quoted, pictures)) if quoted else "",
        tongue,
        _REMOTE.search(mail.html) is not None,
    )


def _pictured(html: str, pictures: Mapping[str, UUID]) -> str:
    """The HTML with the addresses of the files that came with it."""
    if not pictures:
        return html

    def address(found: re.Match[str]) -> str:
        file_id = pictures.get(unquote(found[1]).lower())
        return found[0] if file_id is None else address_of(file_id)

    return _CID.sub(address, html)


def _clean(text: str) -> str:
    """Text that a database takes: no NUL and no half of a surrogate pair."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "")
