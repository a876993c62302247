"""A short phrase for a problem: what its customers say, and others do not.

Each phrase of one to three words is weighed by how many customers of the problem used it against
how many of the others did (c-TF-IDF). One that only a single customer used never gets into a name.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from functools import cache
from typing import Final

from rapport.inference.language import service as languages
from rapport.kernel.folding import fold

Said = tuple[Hashable, str]
"""Who said it, and what."""
LEAST: Final = 2
"""So many customers must have used a phrase."""
_SHARE: Final = 0.15
_LONGEST: Final = 3
_LONGER: Final = 0.6
"""What a further word adds to a phrase."""
_SECOND: Final = 0.5
"""What follows must be half as telling as what comes first."""
MAX_CHARS: Final = 60
_IDLE: Final = (
    "an if or so as up out off into over after before although though because while then than "
    "there here could should might must may am being had does did its i'm i've i'd we've you're "
    "can't won't mine your yours his her their our ours us them these those who whose any some "
    "all one ones somebody someone something anything everything nothing nobody many much more "
    "most less few lot very too also just only even ever never always again already yet now today "
    "tomorrow yesterday soon get got getting make made go going use used using let like want "
    "wanted need needed find found know tell told ask asked see look thing things way sure really "
    "well good nice best dear regards team kind sincerely cheers greetings sorry wondering "
    "possible liebe lieber grusse gruss freundlichen viele bleibt sein war waren wurde wurden "
    "werden mochte wurde konnte wenn dass weil doch mal nur schon bitte cordialement bien saludos "
    "atentamente estimados cumprimentos prezados"
)
"""Words that begin and end no name beside the small ones, folded."""
_MOST: Final = 3
_MAX_WORD: Final = 30
_CLAUSE: Final = re.compile(r"[.,;:!?()\[\]\"\u201c\u201d\u00bf\u00a1\u060c\u3002\n]+")
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")


def name(theirs: Sequence[Said], others: Sequence[str]) -> str:
    """The most telling phrases of `theirs` against `others`, at most 60 characters.

    The texts are covered already. Empty where no phrase is shared by two customers.
    """
    customers: dict[str, set[Hashable]] = defaultdict(set)
    spoken: dict[str, Counter[str]] = defaultdict(Counter)
    for who, text in theirs:
        for phrase, as_said in _phrases(text):
            customers[phrase].add(who)
            spoken[phrase][as_said] += 1
    elsewhere = Counter(phrase for text in others for phrase in {p for p, _ in _phrases(text)})
    people = len({who for who, _ in theirs})
    least = max(LEAST, math.ceil(_SHARE * people))
    weighed = {
        phrase: _weigh(phrase, len(users) / people, elsewhere[phrase] / max(1, len(others)))
        for phrase, users in customers.items()
        if len(users) >= least
    }
    ranked = sorted(weighed, key=lambda phrase: (-weighed[phrase], phrase))
    return _composed([p for p in ranked if weighed[p] >= _SECOND * weighed[ranked[0]]], spoken)


def _weigh(phrase: str, share: float, elsewhere: float) -> float:
    length = phrase.count(" ") + 1
    return share * math.log(1 + share / (elsewhere + 0.02)) * (1 + _LONGER * (length - 1))


def _composed(ranked: Sequence[str], spoken: dict[str, Counter[str]]) -> str:
    """Up to three phrases that share no word, as they were mostly said."""
    chosen, used = list[str](), set[str]()
    for phrase in ranked:
        parts = set(phrase.split())
        as_said = min(spoken[phrase].items(), key=lambda one: (-one[1], one[0]))[0]
        if parts & used or len(", ".join([*chosen, as_said])) > MAX_CHARS:
            continue
        chosen.append(as_said)
        used |= parts
        if len(chosen) == _MOST:
            break
    return ", ".join(chosen)


@cache
def _idle() -> frozenset[str]:
    return frozenset(_IDLE.split())


def _phrases(text: str) -> Iterator[tuple[str, str]]:
    """The phrases of a text, folded and as they were said; small words only in the middle."""
    small = languages.small_words() | _idle()
    for clause in _CLAUSE.split(text):
        said = [word.lower() for word in _WORD.findall(clause) if len(word) <= _MAX_WORD]
        folded = [fold(word) for word in said]
        bare = [word in small or len(word) < 2 or word.isdecimal() for word in folded]
        for begin in range(len(said)):
            for end in range(begin + 1, min(begin + _LONGEST, len(said)) + 1):
                if not bare[begin] and not bare[end - 1]:
                    yield " ".join(folded[begin:end]), " ".join(said[begin:end])
