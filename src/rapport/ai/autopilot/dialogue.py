"""What has been said so far, as far as the assistant needs it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rapport.ai.autopilot import words
from rapport.ai.autopilot.parts import sentences
from rapport.ai.courtesies import service as courtesies
from rapport.conversations import service as conversations
from rapport.conversations.schemas import MessageOut
from rapport.kernel.context import Ctx

LOOKED_BACK: Final = 30
_MAX_MESSAGES: Final = 3
_FOLLOW_UP_WORDS: Final = 4
"""A question of so few content words may rest on what was said before."""
_QUOTES: Final = "\"'”»)*_ "
_PEOPLE: Final = frozenset({"customer", "agent"})


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The open question of a conversation, and what it may refer to."""

    question_id: UUID
    """The customer's last message."""
    seq: int
    question: str
    """What they want to know since the last answer, by at most their last three messages: without
    greetings, pleasantries and signatures, which are no part of it on any channel."""
    earlier: str
    """Their question before that, which a short follow-up rests on; else empty."""
    last_answer: str
    """What the assistant said last; empty when it has not answered yet."""
    has_attachments: bool
    conversation_id: UUID | None = None
    """None while a question is only tried out."""
    names: tuple[str, ...] = ()
    """What the people who wrote are called."""
    turns: tuple[str, ...] = ()
    """What anybody said before the question, oldest first: it shows what the talk is about."""
    said: str = ""
    """The same messages as they were written."""

    @property
    def asked(self) -> str:
        """The sentences of the question that ask, without who somebody is and what they tell.

        Empty where that is all of it, or nothing.
        """
        said = sentences(self.question)
        asking = [sentence for sentence in said if sentence.rstrip(_QUOTES).endswith(("?", "؟"))]
        return " ".join(asking) if len(asking) < len(said) else ""

    @property
    def is_follow_up(self) -> bool:
        """Whether the question alone may say too little."""
        return bool(self.earlier) and len(words.content(self.question)) <= _FOLLOW_UP_WORDS


async def open_question(ctx: Ctx, conversation_id: UUID) -> Dialogue | None:
    """What the customer waits to hear; None when everything was answered.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    page = await conversations.messages(ctx, conversation_id, limit=LOOKED_BACK)
    return _dialogue(conversation_id, [m for m in page.items if m.kind != "note"])


def _dialogue(conversation_id: UUID, said: Sequence[MessageOut]) -> Dialogue | None:
    start = next((i + 1 for i in range(len(said) - 1, -1, -1) if not _is_theirs(said[i])), 0)
    asked = said[start:]
    if not asked:
        return None
    answers = [m for m in said[:start] if m.author.kind == "assistant"]
    before = [m for m in said[:start] if _is_theirs(m) and words.intent(m.body) is None]
    names = tuple({m.author.name for m in said if m.author.kind in _PEOPLE} - {""})
    latest = asked[-_MAX_MESSAGES:]
    return Dialogue(
        question_id=asked[-1].id,
        seq=asked[-1].seq,
        question=_last_of(courtesies.bare(m.body, names) for m in latest),
        earlier=courtesies.bare(before[-1].body, names)[: words.MAX_CHARS] if before else "",
        last_answer=answers[-1].body if answers else "",
        has_attachments=any(m.attachments for m in asked),
        conversation_id=conversation_id,
        names=names,
        turns=tuple(m.body for m in said[:start]),
        said=_last_of(m.body for m in latest),
    )


def _last_of(bodies: Iterable[str]) -> str:
    return "\n".join(bodies)[-words.MAX_CHARS :].strip()


def _is_theirs(message: MessageOut) -> bool:
    return message.author.kind == "customer"
