"""A draft from what agents said: what several conversations share, or the best single answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final
from uuid import UUID

from rapport.ai.gaps.replies import Sentence

MAX_WORDS: Final = 250
_LEAST_SHARED: Final = 0.5
"""Of the best single answer's words; what is shared and shorter is a phrase, not the answer."""

Alike = Callable[[str, str], bool]
"""Whether two sentences say the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """An agent's message."""

    conversation_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What may be told of the message that answered one customer."""

    place: Place
    sentences: Sequence[Sentence]
    is_solution: bool
    """Whether the conversation was resolved with it."""

    @property
    def words(self) -> int:
        """How long it is."""
        return sum(_count(s.text) for s in self.sentences)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence of a draft, and the messages that say it."""

    text: str
    is_item: bool
    sources: tuple[Place, ...]


@dataclass(slots=True)
class _Group:
    """Sentences of different conversations that say the same."""

    members: list[tuple[Reply, int]]

    @property
    def leader(self) -> Sentence:
        reply, at = self.members[0]
        return reply.sentences[at]

    @property
    def position(self) -> float:
        """Where in their messages they stand, 0 to 1."""
        return fmean(at / len(reply.sentences) for reply, at in self.members)

    def is_from(self, reply: Reply) -> bool:
        return any(r.place.conversation_id == reply.place.conversation_id for r, _ in self.members)


def compose(replies: Sequence[Reply], alike: Alike) -> list[Drafted]:
    """The sentences of a draft in their order; none where no reply says anything for everybody.

    `replies` are one of each conversation, the latest first. A sentence about one case is only
    told where several conversations have it.
    """
    groups = _grouped(replies, alike)
    best = _best(replies, groups)
    if best is None:
        return _bounded(_in_order([g for g in groups if len(g.members) > 1]))
    alone = _alone(best, groups)
    shared = _in_order([g for g in groups if len(g.members) > 1])
    if shared and _total(shared) >= _LEAST_SHARED * _total(alone):
        return _bounded(shared)
    return _bounded(alone)


def body(drafted: Sequence[Drafted]) -> str:
    """The draft as Markdown: sentences in paragraphs, what stood in lists in one."""
    blocks: list[str] = []
    was_item: bool | None = None
    for sentence in drafted:
        text = f"- {sentence.text}" if sentence.is_item else sentence.text
        if sentence.is_item is was_item:
            blocks[-1] += ("\n" if sentence.is_item else " ") + text
        else:
            blocks.append(text)
        was_item = sentence.is_item
    return "\n\n".join(blocks)


def _grouped(replies: Sequence[Reply], alike: Alike) -> list[_Group]:
    groups: list[_Group] = []
    for reply in replies:
        for at, sentence in enumerate(reply.sentences):
            same = (g for g in groups if not g.is_from(reply))
            found = next((g for g in same if alike(g.leader.text, sentence.text)), None)
            if found is None:
                groups.append(_Group([(reply, at)]))
            else:
                found.members.append((reply, at))
    return groups


def _best(replies: Sequence[Reply], groups: Sequence[_Group]) -> Reply | None:
    """The reply that others confirm most, that solved, that says most."""
    told = [r for r in replies if any(not s.is_of_one_case for s in r.sentences)]
    confirmed = {
        r.place: sum(1 for g in groups if len(g.members) > 1 and g.is_from(r)) for r in told
    }
    return max(
        told,
        key=lambda r: (confirmed[r.place], r.is_solution, min(r.words, MAX_WORDS)),
        default=None,
    )


def _alone(best: Reply, groups: Sequence[_Group]) -> list[Drafted]:
    """One reply without what concerns its own case, each sentence with who else says it."""
    said = {
        (reply.place, at): tuple(r.place for r, _ in group.members)
        for group in groups
        for reply, at in group.members
    }
    return [
        Drafted(s.text, s.is_item, said[best.place, at])
        for at, s in enumerate(best.sentences)
        if not s.is_of_one_case or len(said[best.place, at]) > 1
    ]


def _in_order(groups: Sequence[_Group]) -> list[Drafted]:
    ordered = sorted(groups, key=lambda g: g.position)
    return [
        Drafted(g.leader.text, g.leader.is_item, tuple(r.place for r, _ in g.members))
        for g in ordered
    ]


def _bounded(drafted: Sequence[Drafted]) -> list[Drafted]:
    kept: list[Drafted] = []
    for sentence in drafted:
        if kept and _total(kept) + _count(sentence.text) > MAX_WORDS:
            break
        kept.append(sentence)
    return kept


def _total(drafted: Sequence[Drafted]) -> int:
    return sum(_count(sentence.text) for sentence in drafted)


def _count(text: str) -> int:
    return len(text.split())
