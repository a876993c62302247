"""Which part of a mail each line belongs to: the reply, what it quotes, or the signature."""

from collections.abc import Sequence
from enum import Enum
from itertools import islice
from typing import Final

from rapport.channels.email.replies import closings, intros, kinds
from rapport.channels.email.replies.kinds import Kind, Sorted
from rapport.channels.email.replies.lines import Line


class Part(Enum):
    """Where a line goes."""

    REPLY = "reply"
    QUOTED = "quoted"
    SIGNATURE = "signature"


_AFTER_DASHES: Final = 30
_AFTER_UNDERSCORES: Final = 3


def of(lines: Sequence[Line]) -> list[Part]:
    """The part of each line.

    In doubt a line is the customer's own: showing too much is the smaller mistake. A mail that is
    nothing but a quote is a reply as a whole, unless the quote itself says nothing.
    """
    return _Mail(kinds.of(lines)).parted()


def beyond(found: Sequence[Part]) -> Part:
    """Where lines go that are not looked at, given the parts of those before them."""
    return Part.QUOTED if found and found[-1] is Part.QUOTED else Part.REPLY


class _Mail:
    """The parts of one mail while they are being found."""

    def __init__(self, mail: Sorted) -> None:
        self.lines = mail.lines
        self.kinds = mail.kinds
        self.parts = [Part.REPLY] * len(mail.lines)
        self.end = len(mail.lines)

    def parted(self) -> list[Part]:
        start = self._after_opening()
        self._cut(start)
        self._sign(start)
        self._fold_quotes(start)
        self._trim(start)
        if not self._has_reply():
            part = Part.REPLY if self._says_anything() else Part.QUOTED
            return [part] * len(self.parts)
        return self.parts

    def _give(self, part: Part, begin: int, end: int) -> None:
        self.parts[begin:end] = [part] * (end - begin)

    def _next(self, at: int, *, passing: Sequence[Kind] = (Kind.EMPTY,)) -> int:
        """The first line from `at` that is none of the kinds passed over."""
        while at < self.end and self.kinds[at] in passing:
            at += 1
        return at

    def _after_opening(self) -> int:
        """Where the customer's words can begin: below what is quoted or forwarded on top."""
        start = 0
        while True:
            first = self._next(start, passing=(Kind.EMPTY, Kind.SIGNATURE, Kind.RULE))
            if first == self.end:
                return start
            if self.kinds[first] is Kind.BORDER:
                after = self._next(first, passing=(Kind.BORDER, Kind.EMPTY, Kind.RULE))
            elif self.kinds[first] is Kind.INTRO:
                after = self._after_introduced(first)
            else:
                return start
            if after == self.end:
                return start
            self._give(Part.QUOTED, first, after)
            start = after

    def _after_introduced(self, first: int) -> int:
        """Where an intro on top ends, with its quote if the whole reply stands below that."""
        after = self._next(first, passing=(Kind.INTRO,))
        quote = self._next(after)
        if quote == self.end or self.kinds[quote] is not Kind.QUOTE:
            return after
        below = self._next(quote, passing=(Kind.QUOTE, Kind.EMPTY, Kind.INTRO))
        if below == self.end or self.kinds[below] is not Kind.TEXT:
            return after if below < self.end else below
        return after if Kind.QUOTE in self.kinds[below:] else below

    def _cut(self, start: int) -> None:
        """Below the first border with words above it, everything is quoted."""
        written, at = False, start
        while at < self.end:
            kind, below = self.kinds[at], at + 1
            written = written or kind is Kind.TEXT
            if kind is Kind.INTRO:
                below = self._next(at, passing=(Kind.INTRO, Kind.EMPTY, Kind.RULE))
            is_unquoted = below == self.end or self.kinds[below] is not Kind.QUOTE
            if written and (kind is Kind.BORDER or (kind is Kind.INTRO and is_unquoted)):
                while at > start and self.kinds[at - 1] in {Kind.EMPTY, Kind.RULE, Kind.DASHES}:
                    at -= 1
                self._give(Part.QUOTED, at, self.end)
                self.end = at
                return
            at = below

    def _sign(self, start: int) -> None:
        """Find the signature: below its dashes, or lines that programs add."""
        written, below = False, start
        for at in range(start, self.end):
            kind = self.kinds[at]
            written = written or kind is Kind.TEXT
            if kind is Kind.SIGNATURE:
                self.parts[at] = Part.SIGNATURE
            elif written and kind in {Kind.DASHES, Kind.RULE}:
                below = self._next(at + 1, passing=_UNQUOTED) if below <= at else below
                if self._is_signed(at, below):
                    self._give(Part.SIGNATURE, at, below)
                    self.kinds[at:below] = [Kind.SIGNATURE] * (below - at)

    def _is_signed(self, at: int, end: int) -> bool:
        """Whether the lines below the dashes or the rule at `at` are a signature."""
        written = (line for line in self.lines[at + 1 : end] if line.words)
        below = list(islice(written, _AFTER_DASHES + 1))
        if not below:
            return False
        if closings.is_footer(below[0]):
            return True
        if self.kinds[at] is Kind.DASHES:
            first = self._first_paragraph(at, end)
            short = len(first) <= _AFTER_UNDERSCORES or closings.looks_like_signature(first)
            asks = any(closings.asks(line) for line in below)
            return short and not asks and len(below) <= _AFTER_DASHES
        if self.lines[at].words[0] == "_":
            if len(below) <= _AFTER_UNDERSCORES:
                return not any(closings.asks(line) for line in below)
            return closings.looks_like_signature(below)
        follows_words = at > 0 and self.kinds[at - 1] is Kind.TEXT
        return not follows_words and closings.names_somebody(below)

    def _first_paragraph(self, at: int, end: int) -> list[Line]:
        begin = self._next(at + 1)
        stop = begin
        while stop < end and self.kinds[stop] is Kind.TEXT:
            stop += 1
        return self.lines[begin:stop]

    def _fold_quotes(self, start: int) -> None:
        """Quote what is quoted below the reply; between its paragraphs it stays."""
        texts = [at for at in range(start, self.end) if self._is_text(at)]
        if not texts:
            return
        if not self._cites(texts[-1]):
            self._give_kinds(Part.QUOTED, texts[-1] + 1, {Kind.QUOTE, Kind.INTRO, Kind.EMPTY})
        for at in range(start, texts[-1]):
            if self.kinds[at] is Kind.INTRO:
                self.parts[at] = Part.QUOTED
        quotes = [at for at in range(start, texts[-1]) if self.kinds[at] is Kind.QUOTE]
        if quotes and Kind.QUOTE not in self.kinds[texts[-1] : self.end]:
            self._fold_whole_quote(start, texts, quotes[0], quotes[-1] + 1)

    def _cites(self, at: int) -> bool:
        """Whether the last words announce a quote: `This is what I see:` and then a `>`."""
        first = self._next(at + 1)
        if first == self.end or self.kinds[first] is not Kind.QUOTE:
            return False
        if Kind.INTRO in self.kinds[: self.end] or intros.is_intro(self.lines[first].words):
            return False
        announced = self.lines[at].words
        return announced.endswith(":") and not intros.says_who_or_when(announced)

    def _fold_whole_quote(self, start: int, texts: list[int], begin: int, end: int) -> None:
        """Fold a single quote under the reply when only a signature follows it."""
        intro = begin
        while intro > start and self.kinds[intro - 1] in {Kind.INTRO, Kind.EMPTY}:
            intro -= 1
        above = [self.lines[at] for at in texts if at < intro]
        inside = any(begin < at < end for at in texts)
        if not above or inside or Kind.INTRO not in self.kinds[intro:begin]:
            return
        quoted, below = self.lines[begin:end], self.lines[end : texts[-1] + 1]
        if closings.is_afterthought(above, quoted, below):
            self._give(Part.QUOTED, intro, end)
            self._give(Part.SIGNATURE, end, texts[-1] + 1)

    def _give_kinds(self, part: Part, begin: int, given: set[Kind]) -> None:
        for at in range(begin, self.end):
            if self.kinds[at] in given:
                self.parts[at] = part

    def _trim(self, start: int) -> None:
        """Rows of signs below the last words rule off nothing."""
        for at in range(self.end - 1, start - 1, -1):
            if self._is_text(at) or (self.kinds[at] is Kind.QUOTE and self._replies(at)):
                return
            if self.kinds[at] in {Kind.RULE, Kind.DASHES} and self._replies(at):
                self.parts[at] = Part.SIGNATURE

    def _replies(self, at: int) -> bool:
        return self.parts[at] is Part.REPLY

    def _is_text(self, at: int) -> bool:
        return self.kinds[at] is Kind.TEXT and self._replies(at)

    def _has_reply(self) -> bool:
        return any(self._is_text(at) for at in range(len(self.lines)))

    def _says_anything(self) -> bool:
        """Whether anybody's words stand there besides who wrote when."""
        said = (line for line in self.lines if line.words)
        return any(not intros.is_intro(line.words) for line in said)


_UNQUOTED: Final = (Kind.TEXT, Kind.EMPTY, Kind.SIGNATURE, Kind.DASHES, Kind.RULE)
