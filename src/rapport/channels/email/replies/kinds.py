"""What each line of a mail is, before it is decided which part it belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from rapport.channels.email.replies import closings, headers, intros
from rapport.channels.email.replies.lines import Line


class Kind(Enum):
    """What a line is by itself and its neighbours."""

    TEXT = "text"
    EMPTY = "empty"
    QUOTE = "quote"
    INTRO = "intro"
    """Says who wrote the quote below."""
    BORDER = "border"
    """A headline or header above an original message: nothing of the customer's own follows."""
    SIGNATURE = "signature"
    """Added by a program, or begun by the signature's dashes."""
    DASHES = "dashes"
    """Two dashes, or one long one, alone."""
    RULE = "rule"
    """A longer row of one sign, which rules off what follows."""


@dataclass(frozen=True)
class Sorted:
    """The lines that are looked at and what each is."""

    lines: list[Line]
    kinds: list[Kind]


_RULE: Final = re.compile(
    r"([-_=~*+#\u2013\u2014\u2500\u2501])(?: ?\1)+|\u1427|[-_=~*+#\u2013\u2014\u2500\u2501]{2,}"
)
_DASHES: Final = frozenset({"--", "- -", "\u2013", "\u2013\u2013", "\u2013 \u2013", "\u2014"})
_CITED: Final = re.compile(r"[A-Z][A-Za-z]{0,14}>(?: |$)")
_BARRED: Final = re.compile(r"\|(?: |$)(?!.*\|$)")
_WRAPPED_AT: Final = 70
_MAX_INTRO: Final = 8
_FENCE: Final = "```"
_PGP_HEAD: Final = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_TAIL: Final = "-----BEGIN PGP SIGNATURE-----"
_PGP_END: Final = "-----END PGP SIGNATURE-----"


def of(lines: Sequence[Line]) -> Sorted:
    """What each of `lines` is."""
    seen = _without_lone_marks(_with_code(lines))
    kinds = [_alone(line) for line in seen]
    _mark_armour(seen, kinds)
    _mark_intros(seen, kinds)
    _mark_other_quotes(seen, kinds)
    _mark_wrapped_quotes(seen, kinds)
    _mark_borders(seen, kinds)
    return Sorted(seen, kinds)


def _alone(line: Line) -> Kind:
    if line.depth:
        return Kind.QUOTE
    if not line.words or line.is_code:
        return Kind.TEXT if line.words else Kind.EMPTY
    if line.hint == "signature":
        return Kind.SIGNATURE
    if line.words in _DASHES:
        return Kind.DASHES
    if _RULE.fullmatch(line.words):
        return Kind.RULE
    return Kind.SIGNATURE if closings.is_sent_from(line) else Kind.TEXT


def _with_code(lines: Sequence[Line]) -> list[Line]:
    """The lines with those between two fences taken as they stand: a `>` there quotes nobody."""
    fences = [at for at, line in enumerate(lines) if line.words.startswith(_FENCE)]
    seen = list(lines)
    for begin, end in zip(fences[::2], fences[1::2], strict=False):
        if any(line.depth for line in (lines[begin], lines[end])):
            continue
        for at in range(begin, end + 1):
            marks = ">" * seen[at].depth
            seen[at] = Line(0, f"{marks}{seen[at].words}", is_code=True)
    return seen


def _without_lone_marks(lines: list[Line]) -> list[Line]:
    """Undo the `>` that mail stores put before a line that begins with `From `."""
    for at, line in enumerate(lines):
        if line.depth == 1 and line.words.startswith("From ") and ":" not in line.words[:6]:
            beside = [*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2]]
            if not any(near.depth for near in beside):
                lines[at] = replace(line, depth=0)
    return lines


def _mark_armour(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """The armour around signed words is no part of them."""
    inside = False
    for at, line in enumerate(lines):
        if line.words == _PGP_HEAD:
            kinds[at] = Kind.SIGNATURE
            for below in range(at + 1, min(at + 4, len(lines))):
                if not lines[below].words.startswith("Hash: "):
                    break
                kinds[below] = Kind.SIGNATURE
        inside = inside or line.words == _PGP_TAIL
        if inside:
            kinds[at] = Kind.SIGNATURE
        if line.words == _PGP_END:
            inside = False


def _mark_intros(lines: Sequence[Line], kinds: list[Kind]) -> None:
    for end, line in enumerate(lines):
        is_hinted = kinds[end] is Kind.TEXT and line.hint == "intro"
        if is_hinted and _is_above_quote(lines, kinds, end):
            kinds[end] = Kind.INTRO
        if kinds[end] not in {Kind.TEXT, Kind.QUOTE} or headers.is_headline(line):
            continue
        start = intros.find(lines, end)
        if start is None and kinds[end] is Kind.TEXT and line.words.endswith(":"):
            following = next((k for k in kinds[end + 1 : end + 3] if k is not Kind.EMPTY), None)
            start = _above_quote(lines, kinds, end) if following is Kind.QUOTE else None
        if start is not None and all(kinds[at] is Kind.TEXT for at in range(start, end)):
            kinds[start : end + 1] = [Kind.INTRO] * (end + 1 - start)


def _above_quote(lines: Sequence[Line], kinds: list[Kind], end: int) -> int | None:
    """Where an intro begins that is one only because a quote follows; it may fill a paragraph."""
    if intros.is_intro_above_quote(lines[end].words):
        return end
    start = end
    while start > 0 and end - start < intros.MAX_LINES - 1 and kinds[start - 1] is Kind.TEXT:
        start -= 1
    is_paragraph = start == 0 or kinds[start - 1] is not Kind.TEXT
    joined = " ".join(line.words for line in lines[start : end + 1])
    return start if is_paragraph and intros.is_intro_above_quote(joined) else None


def _is_above_quote(lines: Sequence[Line], kinds: list[Kind], at: int) -> bool:
    """Whether a line that its place makes an intro is one: a forwarded mail has headers there."""
    for ahead in range(at, min(at + _MAX_INTRO, len(lines))):
        if kinds[ahead] is Kind.QUOTE:
            return True
        line = lines[ahead]
        if headers.is_headline(line) or headers.role(line) is not None:
            return False
        if line.words and line.hint != "intro":
            return False
    return False


def _mark_other_quotes(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """Below an intro, quotes may be marked by initials (`Ada>`) or bars instead."""
    introduced = False
    for at, line in enumerate(lines):
        introduced = introduced or kinds[at] is Kind.INTRO
        if introduced and kinds[at] is Kind.TEXT and not line.is_code:
            is_cited = _CITED.match(line.words) or _BARRED.match(line.words)
            kinds[at] = Kind.QUOTE if is_cited else Kind.TEXT


def _mark_wrapped_quotes(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """The rest of a quoted line that was too long lost its mark when it was wrapped."""
    for at in range(1, len(lines) - 1):
        above, line = lines[at - 1], lines[at]
        if kinds[at] is not Kind.TEXT or not (above.depth and lines[at + 1].depth):
            continue
        first = line.words.split(" ", 1)[0]
        was_full = 2 * above.depth + len(above.words) + len(first) >= _WRAPPED_AT
        if was_full and first[:1].islower() and not above.words.endswith("?"):
            kinds[at] = Kind.QUOTE


def _mark_borders(lines: Sequence[Line], kinds: list[Kind]) -> None:
    at = 0
    while at < len(lines):
        if kinds[at] is not Kind.TEXT and kinds[at] is not Kind.INTRO:
            at += 1
            continue
        line = lines[at]
        if line.hint == "border" or headers.is_headline(line) or headers.is_reply_above(line):
            kinds[at] = Kind.BORDER
        elif kinds[at] is Kind.TEXT and not line.is_code and headers.role(line) is not None:
            at = _mark_block(lines, kinds, at)
            continue
        at += 1


def _mark_block(lines: Sequence[Line], kinds: list[Kind], start: int) -> int:
    """Mark the block of headers at `start` if it is one; where to read on."""
    above = start - 1
    while above >= 0 and kinds[above] is Kind.EMPTY:
        above -= 1
    announced = above >= 0 and kinds[above] is Kind.BORDER
    ruled = above >= 0 and kinds[above] is Kind.RULE
    follows_words = above >= 0 and kinds[above] is Kind.TEXT
    bare = follows_words and headers.is_headline(lines[above], bare=True)
    if follows_words and not bare and lines[above].words.endswith(":"):
        return start + 1  # the customer announces what follows
    end = headers.block(lines, start, announced=announced or bare, ruled=ruled)
    if end is None:
        return start + 1
    if bare:
        kinds[above] = Kind.BORDER
    kinds[start:end] = [Kind.BORDER] * (end - start)
    return end
