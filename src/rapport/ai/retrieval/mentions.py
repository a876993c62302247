"""Finding names in what was said, and what the talk is about in the end."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rapport.ai.retrieval.names import Name, Names
from rapport.knowledge import service as knowledge

_SENTENCE_END: Final = re.compile(r"(?<=[.!?\u061f])\s+|(?<=[\u3002\uff01\uff1f])\s*|\n+")
_CAPITAL: Final = re.compile(r"(?<=[^\W_] )[^\W\d_a-z][^\W_]*")
_ALL_CAPITALS: Final = re.compile(r"\b[A-Z]{3,8}\b")
_SURE: Final = 0.5
_TOO_MANY: Final = 4
"""So many names with the same words: whoever says only these means a kind of thing."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name from word `start` to word `end` of a sentence; `is_whole` when none of it is missing.

    `words` are those of the name that were said.
    """

    start: int
    end: int
    name: int
    words: frozenset[str]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The names that a sentence means, those it may mean, and its words that are in no name."""

    meant: tuple[int, ...]
    perhaps: tuple[int, ...]
    rest: tuple[str, ...]


def subject(names: Names, said: Iterable[str]) -> tuple[Name, ...]:
    """What a dialogue is about: the names in the newest sentence that says any; empty for none.

    `said` are its turns, oldest first, the open question last. Part of a name counts when the whole
    was said before, or as long as no other name was said.
    """
    known, newest, hinted = set[int](), tuple[int, ...](), tuple[int, ...]()
    for sentence in (s for text in said for s in _SENTENCE_END.split(text)):
        read = _read(names, sentence, known)
        known.update(read.meant)
        newest, hinted = read.meant or newest, read.perhaps or hinted
    return tuple(names.names[at] for at in newest or hinted)


def rest(names: Names, text: str) -> list[str]:
    """The words of a text that carry its meaning and are in no name."""
    return [word for s in _SENTENCE_END.split(text) for word in _read(names, s, ()).rest]


def _read(names: Names, sentence: str, known: Collection[int]) -> Reading:
    said = [part for word in knowledge.content_words(sentence) for part in names.parted(word)]
    capitals = _in_capitals(_CAPITAL, sentence)
    found = [
        mention
        for mention in [*_mentions(names, said), *_initials(names, said, sentence)]
        if mention.is_whole
        or _tells(
            names,
            mention,
            alone=mention.name in known
            or not capitals.isdisjoint(said[mention.start : mention.end]),
        )
    ]
    found.sort(key=lambda m: (m.start - m.end, not m.is_whole, m.start))
    meant, perhaps, taken = dict[int, None](), dict[int, None](), set[int]()
    for _, group in groupby(found, key=lambda m: (m.start, m.end, m.is_whole)):
        same = list(group)
        places = range(same[0].start, same[0].end)
        if taken.intersection(places):
            continue
        chosen = _chosen(names, same, known)
        is_sure = same[0].is_whole or any(name in known for name in chosen)
        (meant if is_sure else perhaps).update(dict.fromkeys(chosen))
        taken.update(places if chosen else ())
    others = tuple(word for at, word in enumerate(said) if at not in taken)
    return Reading(tuple(meant), tuple(perhaps), others)


def _chosen(names: Names, same: Sequence[Mention], known: Collection[int]) -> list[int]:
    """Which of the names with the same words are meant: of parts, those of a name said before."""
    if same[0].is_whole:
        return [mention.name for mention in same]
    if len(same) > _TOO_MANY or sum(names.distinction(m.name, m.words) for m in same) < _SURE:
        return []
    before = [mention.name for mention in same if mention.name in known]
    return before or [mention.name for mention in same]


def _tells(names: Names, mention: Mention, *, alone: bool) -> bool:
    """Whether part of a name may stand for it: its beginning, or most of it.

    `alone`: most of it will do wherever it stands in the name, since it was said before or is
    written with a capital.
    """
    begins = names.names[mention.name].words[0] in mention.words
    is_most = names.coverage(mention.name, mention.words) > _SURE
    return (begins and len(mention.words) > 1) or ((begins or alone) and is_most)


def _mentions(names: Names, said: Sequence[str]) -> list[Mention]:
    """Every name that begins, or goes on, at each of the words."""
    meant = [set(names.meant(word)) for word in said]
    for at in range(len(said) - 1):
        joined = names.meant(said[at] + said[at + 1])
        meant[at] |= joined
        meant[at + 1] |= joined
    return [
        mention
        for at, words in enumerate(meant)
        for name in names.holding(sorted(words))
        if (mention := _mention(names, name, meant, at)) is not None
    ]


def _initials(names: Names, said: Sequence[str], sentence: str) -> list[Mention]:
    """The names whose initials are said, in capitals."""
    capitals = _in_capitals(_ALL_CAPITALS, sentence)
    found = ((at, names.abbreviated(word)) for at, word in enumerate(said) if word in capitals)
    return [
        Mention(at, at + 1, name, frozenset(), is_whole=True)
        for at, name in found
        if name is not None
    ]


def _in_capitals(pattern: re.Pattern[str], sentence: str) -> set[str]:
    """The words of a sentence that are written as `pattern` says, as they are compared."""
    return {word for found in pattern.findall(sentence) for word in knowledge.content_words(found)}


def _mention(names: Names, name: int, meant: Sequence[set[str]], at: int) -> Mention | None:
    """As much of a name as is said from word `at` on; a common word alone is no whole name."""
    words = names.names[name].words
    whole = 0
    while whole < len(words) and at + whole < len(meant) and words[whole] in meant[at + whole]:
        whole += 1
    if whole == len(words) and (whole > 1 or names.distinction(name, words) >= _SURE):
        return Mention(at, at + whole, name, frozenset(words), is_whole=True)
    said, end = set[str](), at
    while end < len(meant) and (more := meant[end].intersection(words) - said):
        said |= more
        end += 1
    return Mention(at, end, name, frozenset(said), is_whole=False) if said else None
