"""The block of header lines above an original or a forwarded message, and its headline."""

import re
from collections.abc import Sequence
from typing import Final

from rapport.channels.email.replies.intros import any_of
from rapport.channels.email.replies.lines import Line, fold, visible
from rapport.channels.email.replies.phrases import PHRASES

_MAX_KEY_CHARS: Final = 30
_MAX_WRAPPED: Final = 3
_MAX_RECIPIENTS: Final = 12
"""How many lines the rest of a header may take; lists of recipients take the most."""
_MAX_LINES: Final = 40
_MAX_JOINED: Final = 12

ROLES: Final = {
    fold(visible(key)): role
    for role, keys in (
        ("other", PHRASES.others),
        ("subject", PHRASES.subject),
        ("to", PHRASES.to),
        ("sent", PHRASES.sent),
        ("from", PHRASES.from_),
    )
    for key in keys
}
_ORIGINAL = re.compile(rf"(?:{any_of(it for all_ in PHRASES.originals.values() for it in all_)})")
_ABOVE = re.compile(any_of(PHRASES.reply_above))
_RULE_SIGNS = "-_=*~#+>|<[]\u2014 "
_RULED = frozenset({"--", "__", "==", "**", "~~", "- ", " -", "-*", "*-"})


def role(line: Line) -> str | None:
    """What a header line says: `from`, `sent`, `to`, `subject` or `other`; None if it is none."""
    key, colon, _ = line.folded.partition(":")
    if not colon or len(key) > _MAX_KEY_CHARS:
        return None
    return ROLES.get(key.replace("*", "").replace("_", "").strip())


def _roles_within(line: Line) -> set[str]:
    """What the headers say that a line has one after the other, as some programs join them."""
    found = set()
    for before in line.folded.split(":")[1:_MAX_JOINED]:
        words = before.replace("*", "").split()[-3:]
        for begin in range(len(words)):
            found.add(ROLES.get(" ".join(words[begin:])))
    return {name for name in found if name is not None}


def block(lines: Sequence[Line], start: int, *, announced: bool, ruled: bool) -> int | None:
    """Where the block of headers that begins at `start` ends (exclusive), or None.

    A block says at least three things, one of them from whom or when; below a headline
    (`announced`), or with a sender below a ruled line, two are enough. A list that happens to have
    such words, say of a journey from, to and on a date, is none: there must be an address or a
    subject.
    """
    roles: set[str] = set()
    end = at = start
    while at < len(lines) and at - start < _MAX_LINES:
        found = None if lines[at].depth else role(lines[at])
        if found is not None:
            roles |= _roles_within(lines[at]) | {found}
            at = end = at + 1
            continue
        following = _next_header(lines, at, _MAX_RECIPIENTS if len(roles) > 1 else _MAX_WRAPPED)
        if following is None:
            break
        at = following
    named = " ".join(line.folded for line in lines[start:end])
    if not roles & {"from", "sent"} or not ("subject" in roles or "@" in named or announced):
        return None
    are_two_enough = announced or (ruled and "from" in roles)
    return end if len(roles) >= (2 if are_two_enough else 3) else None


def _next_header(lines: Sequence[Line], at: int, most: int) -> int | None:
    """The next header line below the wrapped rest of the last one, or below one empty line."""
    empty = 0
    for ahead in range(at, min(at + most + 1, len(lines))):
        line = lines[ahead]
        if line.depth:
            return None
        if role(line) is not None:
            return ahead
        empty += line.is_empty
        if empty > 1 or (empty and not line.is_empty):
            return None
    return None


def is_headline(line: Line, *, bare: bool = False) -> bool:
    """Whether this is a `-----Original Message-----` in any language.

    Without the dashes it is one when it ends with a colon, as Apple's does, or when `bare` says
    that headers follow.
    """
    words = line.folded
    if not words or len(words) > 120 or line.is_code:
        return False
    inner = words.strip(_RULE_SIGNS)
    found = _ORIGINAL.match(inner.removeprefix("re: "))
    if found is None:
        return False
    rest = inner[found.end() :].strip(" :.")
    if words[:2] in _RULED or words[1:3] == "--":
        return not rest or rest[0] in _RULE_SIGNS or words[-2:] in _RULED
    return not rest and (bare or inner.endswith(":"))


def is_reply_above(line: Line) -> bool:
    """Whether this is a help desk's line above which the customer was to write."""
    return 0 < len(line.words) <= 160 and _ABOVE.search(line.folded) is not None
