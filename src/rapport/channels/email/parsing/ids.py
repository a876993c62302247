"""Message ids (RFC 5322, section 3.6.4), cleaned so that they can be compared."""

import re
from typing import Final

MAX_IDS: Final = 200
MAX_CHARS: Final = 500
_BRACKETED: Final = re.compile(r"<([^<>]*)>")
_SPACE: Final = re.compile(r"\s+")
_BETWEEN: Final = re.compile(r"[\s,;<>\"()]+")


def ids_in(text: str) -> tuple[str, ...]:
    """The ids in a field, without brackets and white space, each once, the first 200 at most.

    Of more than 200 the first and the last 199 stay: they name the thread and the mail that is
    answered. Without brackets, words with an at sign count.
    """
    found = _BRACKETED.findall(text) or [one for one in _BETWEEN.split(text) if "@" in one[1:-1]]
    cleaned = (_SPACE.sub("", one) for one in found)
    ids = list(dict.fromkeys(one for one in cleaned if 0 < len(one) <= MAX_CHARS))
    if len(ids) > MAX_IDS:
        ids = [ids[0], *ids[1 - MAX_IDS :]]
    return tuple(ids)


def own_id(text: str) -> str | None:
    """The id a mail gives itself; without brackets or at sign it is whatever stands there."""
    found = ids_in(text)
    if found:
        return found[0]
    bare = _SPACE.sub("", text).strip("<>")
    return bare[:MAX_CHARS] or None
