"""Which folders an account has."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapport.channels.email.imap.client import Connection
from rapport.channels.email.imap.errors import Nonsense
from rapport.channels.email.imap.responses import Response, Value

Use = Literal["all", "archive", "drafts", "flagged", "junk", "sent", "trash"]
MAX_FOLDERS: Final = 1_000
_USES: Final[dict[bytes, Use]] = {
    b"\\all": "all",
    b"\\archive": "archive",
    b"\\drafts": "drafts",
    b"\\flagged": "flagged",
    b"\\junk": "junk",
    b"\\sent": "sent",
    b"\\trash": "trash",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder that can be opened, and what it is for where the server says so (RFC 6154)."""

    name: str
    use: Use | None


async def folders(connection: Connection) -> list[Listed]:
    """The folders of the account, in the server's order; at most 1,000.

    Raises:
        ImapError: the server does not tell.
    """
    responses = await connection._ask(b'LIST "" "*"')
    found = (_listed(response) for response in responses if response.name == "LIST")
    return [each for each in found if each is not None][:MAX_FOLDERS]


def _listed(response: Response) -> Listed | None:
    try:
        values = response.values()
    except Nonsense:
        return None
    if len(values) != 3 or not isinstance(values[0], list) or not isinstance(values[2], bytes):
        return None
    flags = _lowered(values[0])
    if b"\\noselect" in flags or b"\\nonexistent" in flags:
        return None
    use = next((_USES[flag] for flag in flags if flag in _USES), None)
    name = decoded(values[2])
    return Listed("INBOX" if name.upper() == "INBOX" else name, use)


def _lowered(flags: Sequence[Value]) -> list[bytes]:
    return [flag.lower() for flag in flags if isinstance(flag, bytes)]


def decoded(name: bytes) -> str:
    """A folder's name out of modified UTF-7 (RFC 3501, 5.1.3); what is not that stays."""
    text, out, at = name.decode("utf-8", "replace"), list[str](), 0
    while (start := text.find("&", at)) >= 0:
        end = text.find("-", start)
        if end < 0:
            break
        out += (text[at:start], _unshifted(text[start + 1 : end]))
        at = end + 1
    return "".join(out) + text[at:]


def _unshifted(part: str) -> str:
    if not part:
        return "&"
    padded = part.replace(",", "/") + "=" * (-len(part) % 4)
    try:
        return base64.b64decode(padded, validate=True).decode("utf-16-be")
    except ValueError:
        return f"&{part}-"
