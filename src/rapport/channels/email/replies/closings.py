"""What stands below a reply without being one: signatures, `Sent from my phone`, list footers."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rapport.channels.email.replies.intros import any_of
from rapport.channels.email.replies.lines import Line, fold, visible
from rapport.channels.email.replies.phrases import PHRASES

_DEVICES = re.compile(rf"{any_of(PHRASES.devices)}|\b(?:lg|tuta|mac|app|cell)\b")
_MINE = re.compile(any_of(PHRASES.sent_from_mine))
_ANY = re.compile(any_of(PHRASES.sent_from))
_FROM_DEVICE = re.compile(
    r"(?:\w+ )?from (?:my )?(?:mobile|iphone|ipad|android|phone|blackberry)(?: \d\w*)?\.?"
)
_ENDS: Final = [(fold(begin), fold(end)) for begin, end in PHRASES.sent_at_the_end]
_BRAND = re.compile(r", an? [^,]{1,40}(?:phone|device|tablet)\b")
_MOST_WORDS: Final = 7
_MOST_WORDS_OF_PROGRAMS: Final = 12
_AROUND: Final = "*_- \"'[]()<>«»|"
_EXCUSE = re.compile(any_of(PHRASES.excuses))
_SENTENCE = re.compile(r"[,!?;…](?: |$)|\. \w")

_CHECKED = re.compile(
    r"virus-free\. |virenfrei\. |sin virus\. |livre de vírus\. |diese e-mail wurde von avast"
    r"|this e-?mail has been (?:checked|scanned) for viruses|l'absence de virus dans ce courrier"
    r"|you received this message because you are subscribed|to unsubscribe from this (?:group|list)"
    r"|to unsubscribe, (?:e-?mail|send)|to post to this (?:group|list)|for more options, visit"
)
_FOOTER = re.compile(
    r"to (?:respond|reply)(?: to this|, reply)|to unsubscribe|to stop receiving|unsubscribe[: ]"
    r"|you(?: a|['\u2019])re receiving this|you received this|visit this link to respond"
    r"|reply to this (?:e-?mail|message) directly|\[?visit (?:topic|message)"
    r"|this (?:e-?mail|message) was sent (?:to|by)|manage your (?:subscription|notification)"
)
_CONTACT = re.compile(
    r"@[\w-]+\.\w|https?://|www\.|(?:tel|phone|mobile?|fax|cell|telefon|тел|tlf|gsm)\b[.:]?"
    r"|\+\d[\d ()./-]{6,}|\(?0\d[\d ()./-]{6,}"
)
_MAX_SIGNATURE_LINES: Final = 12
_MAX_LINE_CHARS: Final = 90
_SALUTATION: Final = 5
_BELOW = re.compile(rf"\b(?:{any_of(PHRASES.see_below)})\b")
_GREETING = re.compile(rf"(?:{any_of(PHRASES.greetings)})(?!\w)")
_TALKING: Final = frozenset(fold(visible(word)) for word in PHRASES.talking)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_MIN_SMALL_PRINT: Final = 6
_NUMBER = re.compile(r"\d{3}|\d[.,:/-]\d|#\d")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
"""Letters of scripts whose words cannot be told apart here."""
_QUESTION = re.compile(r"\?(?![A-Za-z0-9/=&%#_-])|\u061f|;$")


def is_sent_from(line: Line) -> bool:
    """Whether a program added this line: from my phone, with this app, free of viruses."""
    words = line.folded.strip(_AROUND)
    if not words or len(words) > 200 or line.depth or line.is_code:
        return False
    plain = _BRAND.sub("", words.partition("<")[0]).rstrip(" .!")
    count = len(plain.split())
    if _CHECKED.match(words) or _FROM_DEVICE.fullmatch(words):
        return True
    if _SENTENCE.search(plain) and not _EXCUSE.search(plain):
        return False
    if _MINE.match(words) and count <= _MOST_WORDS:
        return True
    if _DEVICES.search(words) is None:
        return False
    if count <= _MOST_WORDS and any(plain.startswith(b) and plain.endswith(e) for b, e in _ENDS):
        return True
    return count <= _MOST_WORDS_OF_PROGRAMS and _ANY.match(words) is not None


def is_footer(line: Line) -> bool:
    """Whether a list or a notifying program begins its last words with this line."""
    return _FOOTER.match(line.folded) is not None or _CHECKED.match(line.folded) is not None


def has_contact(lines: Iterable[Line]) -> bool:
    """Whether the lines hold an address, a web page or a telephone number."""
    return any(_CONTACT.search(line.folded) for line in lines)


def asks(line: Line) -> bool:
    """Whether the line has a question; a question mark within a web address is none."""
    return _QUESTION.search(line.words) is not None


def is_prose(line: Line) -> bool:
    """Whether this is a line of sentences rather than one of names and numbers."""
    words = line.words.split()
    if len(line.words) > _MAX_LINE_CHARS or asks(line):
        return True
    return len(words) >= 6 and (line.words[-1] in ".!?,;:…" or len(words) >= 9)


def looks_like_signature(lines: Sequence[Line]) -> bool:
    """Whether all lines are short ones as signatures have them: at most twelve, no prose."""
    written = [line for line in lines if line.words]
    return 0 < len(written) <= _MAX_SIGNATURE_LINES and not any(is_prose(line) for line in written)


def names_somebody(lines: Sequence[Line]) -> bool:
    """Whether a block certainly is a signature: a name, and below it how to reach its owner."""
    written = [line for line in lines if line.words]
    if not looks_like_signature(written):
        return False
    return _is_name(written[0]) and (len(written) == 1 or has_contact(written))


def _is_name(line: Line) -> bool:
    """Whether a line begins as the name of a person does, with two words in capitals."""
    first = line.words.strip("*_ ").split()[:2]
    return len(first) == 2 and all(word[0].isupper() and word.isalpha() for word in first)


def is_afterthought(above: Sequence[Line], quoted: Sequence[Line], below: Sequence[Line]) -> bool:
    """Whether what follows a whole quote is a signature below the reply above it.

    Anything that may answer the quote is none: it follows a question, asks one, comes right below
    the quoted words, or the words above only greet or point down. It has to be a name, a greeting
    or contacts, or the small print that mail servers add: at most two lines without a number, in
    which nobody talks to anybody.
    """
    written = [line for line in below if line.words]
    if not quoted or not below or below[0].words or len(written) > 6:
        return False
    if any(asks(line) for line in [*written, *_last_paragraph(quoted)]):
        return False
    if _only_greets([line for line in above if line.words]):
        return False
    if looks_like_signature(written) and (_is_name(written[0]) or has_contact(written)):
        return True
    return _GREETING.match(written[0].folded) is not None or _is_small_print(written)


def _is_small_print(lines: Sequence[Line]) -> bool:
    words = " ".join(line.folded for line in lines)
    if len(lines) > 2 or _NUMBER.search(words) or _UNSPACED.search(words):
        return False
    found = _WORD.findall(words)
    return len(found) >= _MIN_SMALL_PRINT and _TALKING.isdisjoint(found)


def _last_paragraph(quoted: Sequence[Line]) -> list[Line]:
    paragraph: list[Line] = []
    for line in reversed(quoted):
        if line.words:
            paragraph.append(line)
        elif paragraph:
            break
    return paragraph


def _only_greets(above: Sequence[Line]) -> bool:
    """Whether the words above a quote are a salutation, or say that the answer is below."""
    if any(_BELOW.search(line.folded) for line in above):
        return True
    return (
        len(above) == 1
        and above[0].words.endswith((",", "!", ":"))
        and len(above[0].words.split()) <= _SALUTATION
    )
