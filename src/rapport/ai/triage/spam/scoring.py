"""How likely a message is unwanted, and why."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapport.ai.triage.entities.words import words_of
from rapport.ai.triage.spam import links, noise, wording
from rapport.ai.triage.spam.links import Link
from rapport.ai.triage.spam.phrases import ABOUT, Sort, customers, unwanted

Reason = Literal[
    "seo",
    "sales",
    "phishing",
    "advance_fee",
    "goods",
    "form_bot",
    "link_farm",
    "gibberish",
    "mismatched_links",
    "failed_authentication",
    "bulk",
    "wording",
]
"""Why; the console has the words."""
MAX_CHARS: Final = 4_000
THRESHOLD: Final = 0.7
"""From here on a message is called spam; chosen so that none of the development texts that are
none is hit more often than twice in a thousand."""
_START: Final = -4.0
_MOST: Final = 8.0
"""The most that one kind of reason adds."""
_GROUP: Final = 2.0
_FURTHER: Final = 0.8
_MOST_FURTHER: Final = 2
"""What a group of phrases adds, and each phrase of it after the first."""
_BY_LINK: Final[tuple[Sort, ...]] = ("phishing", "goods", "form_bot", "advance_fee")
_FEW_WORDS: Final = 8
"""So short a text is not known by its wording."""
_WORDED, _DOUBT = 2.0, 0.7
"""What each point of `wording` adds, counted from a little below its middle. By itself it never
decides: so trained on few texts, it would take a customer for a sender now and then."""
_MOST_WORDED, _LEAST_WORDED = 4.0, 3.0
_KNOWN: Final = 4.0
"""What is taken off where the sender is known."""
_TELLING: Final = 2.0
"""What adds less is no reason."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message, and what is known about how it came."""

    text: str
    subject: str = ""
    links: Sequence[Link] = ()
    """Those of its HTML, with what they say."""
    authentication: Literal["pass", "fail", "none"] = "none"
    """What the checks of its sender's domain came to."""
    is_bulk: bool = False
    """Whether its headers say that it was sent to many."""
    is_known: bool = False
    """Whether its sender has bought something, or was answered before."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely a message is unwanted, 0 to 1, and why, the strongest reason first."""

    score: float
    reasons: tuple[Reason, ...]

    @property
    def is_spam(self) -> bool:
        """Whether it is to be called spam."""
        return self.score >= THRESHOLD


def judge(message: Incoming) -> Verdict:
    """How likely a message is unwanted.

    The strongest reason counts fully, the others by half. What only customers say counts against
    it, a sender one knows too; how it came adds to a reason, and is none by itself.
    """
    text = f"{message.subject}\n{message.text}"[:MAX_CHARS]
    points = _points(text, message)
    strongest, *others = sorted(points.values(), reverse=True)
    told = strongest + sum(others) / 2
    if told > 0:
        how = _how(message)
        told += sum(how.values())
        points |= how
    worded = _worded(text)
    points["wording"] = max(0.0, worded)
    total = _START + told + worded - _customer(text) - _KNOWN * message.is_known
    ordered = sorted(points, key=lambda reason: -points[reason])
    reasons = tuple(it for it in ordered if points[it] >= _TELLING or (it in _ALONE and points[it]))
    return Verdict(1 / (1 + math.exp(-total)), reasons if total > _START else ())


_ALONE: Final = {"failed_authentication", "bulk"}


def _points(text: str, message: Incoming) -> dict[Reason, float]:
    said = _said(text)
    points: dict[Reason, float] = {sort: _of_sort(sort, said) for sort in ABOUT}
    found = links.examine(text, message.links)
    is_marked = "[url=" in text.lower() or "<a href" in text.lower()
    for sort in _BY_LINK:
        points[sort] += 1.5 * (points[sort] > 0 and found.hosts > 0)
    points["phishing"] += 2.0 * min(found.luring, 2)
    points["form_bot"] += 4.0 * is_marked + 3.0 * min(noise.disguised(text), 3)
    points["link_farm"] = 6.0 * (found.hosts > 2 and found.share > 0.5)
    points["link_farm"] += 2.0 * (is_marked and found.hosts > 1)
    points["mismatched_links"] = min(3.0, 1.5 * found.mismatched)
    points["gibberish"] = 7.0 * (noise.share(text) > 0.6)
    return {reason: min(_MOST, told) for reason, told in points.items()}


def _said(text: str) -> dict[str, int]:
    """How many different phrases of each group a text has."""
    words = words_of(text)
    said: dict[str, set[str]] = {}
    for groups, first, after in unwanted().all_in(text, words):
        phrase = " ".join(word.folded for word in words[first:after])
        for group in groups:
            said.setdefault(group, set()).add(phrase)
    return {group: len(phrases) for group, phrases in said.items()}


def _of_sort(sort: Sort, said: Mapping[str, int]) -> float:
    """Nothing, unless the text speaks of what the sort is about."""
    about, others = ABOUT[sort]
    if about not in said:
        return 0.0
    return sum(
        _GROUP + _FURTHER * min(_MOST_FURTHER, said[group] - 1)
        for group in (about, *others)
        if group in said
    )


def _how(message: Incoming) -> dict[Reason, float]:
    return {
        "failed_authentication": 1.5 * (message.authentication == "fail"),
        "bulk": 1.5 * message.is_bulk,
    }


def _worded(text: str) -> float:
    """What its wording adds or takes off; nothing where there are few words."""
    features = wording.features(text)
    if len(features) < 2 * _FEW_WORDS - 1:
        return 0.0
    told = _WORDED * (wording.learned().score(features) + _DOUBT)
    return max(-_LEAST_WORDED, min(_MOST_WORDED, told))


def _customer(text: str) -> float:
    words = words_of(text)
    return float(min(6, sum(weight for weight, _, _ in customers().all_in(text, words))))
