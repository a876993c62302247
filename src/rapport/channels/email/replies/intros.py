"""The line above a quote: `On 5 May 2026 at 10:00, Ada <ada@example.com> wrote:` and its kin.

Mail programs write it in the language of their owner, wrap it over several lines and translate the
date. So nothing here knows a whole form: a line is such an intro by what it is made of, a beginning
that only such lines have, a date or an address, a word for having written, and a colon at the end.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rapport.channels.email.replies.lines import Line, fold, visible
from rapport.channels.email.replies.phrases import PHRASES

MAX_LINES: Final = 4
MAX_CHARS: Final = 400
_MAX_NAMES: Final = 8


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, the longest first."""
    seen = {fold(visible(phrase)) for phrase in phrases}
    return "|".join(re.escape(phrase) for phrase in sorted(seen, key=lambda it: (-len(it), it)))


_SPACED = [
    it for code, all_ in PHRASES.wrote.items() if code not in PHRASES.unspaced for it in all_
]
_JOINED = [it for code in PHRASES.unspaced for it in PHRASES.wrote[code]]
_WROTE = re.compile(rf"(?<!\w)(?:{any_of(_SPACED)})(?!\w)|{any_of(_JOINED)}")
_ENDS_WROTE = re.compile(rf"(?<!\w)(?:{any_of(_SPACED)})$")
_MYSELF = re.compile(rf"(?<!\w)(?:{any_of(PHRASES.myself)})(?: have| had| habe| hatte)? ?$")
_TOLD = re.compile(
    r" (?:ich|ik|jag|jeg|wir|to|me|us|that|about|back|in|mir|uns|dass|que|à|hogy|aan|till)(?!\w)"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"'@]{1,100}@[^\s<>()\[\]\"'@]{1,100}")
_IN_BRACKETS = re.compile(
    r"[<(\[] ?(?:mailto:)?[^\s<>()\[\]@]{1,100}@[^\s<>()\[\]@]{1,100} ?[>)\]]"
)
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[:.h]\d\d(?!\d)"
    r"|(?<!\d)\d{1,4}[-/.] ?\d{1,2}[-/.] ?\d{1,4}|\d ?[年월月]"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)|\d ?[時时시]")
_OPENED = re.compile(rf"(?:{any_of(PHRASES.openers)})(?!\w)[^\d]{{0,30}}\d|(?:[在於于ב]) ?-?\d")
_DATED = re.compile(r"(?:[^\w]{0,2}|\w{1,16}[.,]{1,2} ?|\w{2,3} )\d")
_DAY = re.compile(r"\w{2,14}(?: \w{2,14}[.,]{1,2}|[.,]{0,2}) \(?\d")
_STRONG = re.compile(rf"(?:{any_of(PHRASES.sure_openers)})(?!\w)")
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d,? \d\d?:\d\d(?::\d\d)? (?:gmt|utc)[+-]\d\d?:?(?:\d\d)? ?(.{0,200})$"
)
_VIA = re.compile(
    rf"(?:[^\s:]{{1,40}} ){{1,4}}via (?:[^\s:]{{1,40}} ){{1,4}}(?:{any_of(_SPACED)}) ?:"
)
_POSTED = re.compile(r"posted by \S{1,60}(?: \S{1,60})? on \d\d/\d\d/\d{4}")
_QUOTING = re.compile(rf"(?:{any_of(PHRASES.quoting)})(?!\w)")
_NAME = re.compile(r"(?:[^\W\d_][\w.'\u2019-]*+(?: |$|(?=:))){1,4}:?")
_AFTER_SENTENCE = re.compile(r"[^\d.!?]{0,200}[.!?] [A-Z]")
_RULED = re.compile(r"[-_=]{2,}")
_EDGES = " *_|\"'"


def find(lines: Sequence[Line], end: int) -> int | None:
    """Where the intro begins whose last line is `end`, or None if no intro ends there."""
    last = lines[end]
    if not _may_end(last, lines[end - 1] if end else None):
        return None
    start, joined = end, ""
    while start >= 0 and end - start < MAX_LINES:
        line = lines[start]
        if start < end and (line.depth or not line.words or line.is_code):
            return None
        joined = f"{'>' if line.depth else ''}{line.words} {joined}".rstrip()
        if len(joined) > MAX_CHARS:
            return None
        if is_intro(joined):
            return _extended(lines, start, joined)
        start -= 1
    return None


def _may_end(line: Line, before: Line | None) -> bool:
    """Whether an intro can end with this line, judged by its last sign or word alone."""
    words = line.folded.rstrip(_EDGES)
    if line.is_code or not words:
        return False
    if line.depth:  # wrapped before the `>` of an address, which then looks like a quote
        text = before.words if before and not before.depth else ""
        return words.endswith(":") and len(words) < 20 and text.rfind("<") > text.rfind(">")
    if words.endswith(":") or _ENDS_WROTE.search(words[-30:]):
        return True
    return words.endswith("-") or bool(_ISO.match(words) or _POSTED.fullmatch(words))


def _extended(lines: Sequence[Line], start: int, joined: str) -> int:
    """The beginning of an intro of which a shorter end already was one by itself."""
    if _STRONG.match(fold(joined)):
        return start
    best = start
    for above in range(start - 1, max(start - MAX_LINES, -1), -1):
        line = lines[above]
        if line.depth or not line.words or line.is_code or line.words.endswith((".", "!", "?")):
            break
        joined = f"{line.words} {joined}"
        if _opens(line.folded) and is_intro(joined):
            best = above
    return best


def _opens(words: str) -> bool:
    """Whether an intro that was wrapped can have begun with this line."""
    if _STRONG.match(words):
        return any(c.isdigit() for c in words)
    return (
        bool(_DATED.match(words) and _DATE.search(words)) or _IN_BRACKETS.search(words) is not None
    )


def is_intro(joined: str) -> bool:
    """Whether one line of words, already unwrapped, is an intro whatever stands below it."""
    words = fold(joined).strip(_EDGES)
    ruled = _RULED.match(words) is not None and words.endswith("--")
    words = words.strip("-=_ ") if ruled else words
    if len(words) > MAX_CHARS:
        return False
    iso = _ISO.match(words)
    if iso is not None or _POSTED.fullmatch(words):
        return iso is None or _is_sender(iso[1])
    ends = ruled or words.endswith(":") or _ends_with_address_and_wrote(words)
    if not ends:
        return False
    if _VIA.fullmatch(words):
        return True
    if ruled and len(words.split()) <= _MAX_NAMES and _ENDS_WROTE.search(words.rstrip(" :")):
        return True
    if _is_by_name(joined) and _TIME.search(words):
        return True
    return _is_dated(words) or _is_by_address(words) or _is_without_wrote(words)


def says_who_or_when(words: str) -> bool:
    """Whether there is an address, or a date with its hour."""
    return _has_address(words) or bool(_DATE.search(words) and _TIME.search(words))


def _ends_with_address_and_wrote(words: str) -> bool:
    return _ENDS_WROTE.search(words[-30:]) is not None and _has_address(words)


def _has_address(words: str) -> bool:
    return "@" in words and _ADDRESS.search(words) is not None


def _is_sender(rest: str) -> bool:
    """Whether what follows a Gmail date names a person: an address, or a few words of a name."""
    return _has_address(rest) or _NAME.fullmatch(rest) is not None


def _is_dated(words: str, *, quote_follows: bool = False) -> bool:
    """`On <date>, … wrote:`: begins like a date and says that somebody wrote."""
    wrote = _WROTE.search(words)
    if wrote is None or _MYSELF.search(words[: wrote.start()]) or _TOLD.match(words, wrote.end()):
        return False
    address, date = _has_address(words), _DATE.search(words)
    begins = _OPENED.match(words) or (None if quote_follows else _DATED.match(words))
    if begins is None and address and date is not None:
        begins = _DAY.match(words)
    if begins is None or _WROTE.search(words[: begins.end()]):
        return False
    return address or quote_follows or date is not None


def _is_by_name(joined: str) -> bool:
    """`Ada Lovelace wrote on <date>:`: a few names, the word, and after it a date."""
    words = fold(joined)
    wrote = _WROTE.search(words)
    if wrote is None or not words.endswith(":") or len(words) != len(joined):
        return False
    return _are_names(joined[: wrote.start()]) and _DATE.search(words, wrote.end()) is not None


def _are_names(text: str) -> bool:
    names = text.split()
    return 0 < len(names) <= 4 and all(
        name[:1] == name[:1].upper() or name == "you" or "_" in name for name in names
    )


def _is_by_address(words: str) -> bool:
    """`Ada <ada@example.com> wrote …:`: a name, an address, the word, and at most a date."""
    address = _IN_BRACKETS.search(words)
    if address is not None and _QUOTING.match(words):
        return True
    name = words[: address.start()] if address else "nobody"
    address = address or _ADDRESS.match(words)
    wrote = _WROTE.search(words, address.end()) if address else None
    if wrote is None or _DATE.search(name) or not 0 < len(name.split()) <= _MAX_NAMES:
        return False
    rest = words[wrote.end() :]
    return len(rest.split()) <= 1 or any(c.isdigit() for c in rest)


def _is_without_wrote(words: str) -> bool:
    """`Wed, 5 May 2026, 10:00 Ada <ada@example.com>:`: only a date, an hour and an address."""
    addresses = list(_IN_BRACKETS.finditer(words))
    if not addresses or words[addresses[-1].end() :].strip(" >)]\"'") != ":":
        return False
    begins = _DATED.match(words) or _DAY.match(words)
    return begins is not None and bool(_DATE.search(words) and _TIME.search(words))


def is_intro_above_quote(joined: str) -> bool:
    """Whether the words are an intro when they stand above a quote, and only then.

    That is a bare `Ada Lovelace wrote:`, one whose date has no year and no hour, or a line in a
    language unknown here that has a date, an hour, an address and the colon.
    """
    words = fold(joined)
    if not words.endswith(":") or len(words) > MAX_CHARS:
        return False
    if _has_address(words) and _DATE.search(words) and _TIME.search(words):
        return _AFTER_SENTENCE.match(joined) is None
    if _is_dated(words, quote_follows=True) or _is_by_name(joined):
        return True
    found = _WROTE.search(words)
    if found is None or words[found.end() :].strip(" :()a/"):
        return False
    return _are_names(joined[: found.start()])
