"""What was asked in a conversation, and the agent's message that solved it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from rapport.ai.autopilot import service as autopilot
from rapport.ai.gaps import service as gaps
from rapport.ai.solved.safety.spelling import plain
from rapport.ai.solved.schemas import Reason
from rapport.conversations import service as conversations
from rapport.conversations.schemas import MessageOut
from rapport.kernel.context import Ctx

_MOST_MESSAGES: Final = 60
"""Who needs more is not answered in one message."""
_MOST_WORDS_OF_THANKS: Final = 30
_ASKS: Final = "?؟"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer as they were written, in ordinary letters."""

    question: str
    answer: str
    reply_seq: int
    said: Sequence[str]
    """All that the customer wrote."""
    texts: Sequence[str]
    """All that anybody wrote."""
    names: Sequence[str]
    """Of everybody who wrote."""


async def read(ctx: Ctx, conversation_id: UUID, resolved_at: datetime) -> Exchange | Reason:
    """The exchange of a resolved conversation, or why there is none.

    The answer is the last agent's message of substance; after it the customer may have said thanks,
    and nothing else: a rating is not known, but who goes on asking was not helped.
    """
    page = await conversations.messages(ctx, conversation_id, after_seq=0, limit=_MOST_MESSAGES)
    if page.next is not None:
        return "too_long"
    told = [m for m in page.items if m.kind == "message"]
    agents = [m for m in told if m.author.kind == "agent" and m.created_at <= resolved_at]
    reply = next((m for m in reversed(agents) if _says_something(m)), None)
    if reply is None:
        return "no_answer"
    asked = [m for m in told if m.author.kind == "customer" and m.seq < agents[0].seq]
    if not asked:
        return "no_question"
    after = [m for m in told if m.author.kind == "customer" and m.seq > reply.seq]
    if not all(_is_thanks(m.body) for m in after):
        return "went_on"
    return Exchange(
        question=plain("\n".join(m.body for m in asked)),
        answer=plain(reply.body),
        reply_seq=reply.seq,
        said=[plain(m.body) for m in told if m.author.kind == "customer"],
        texts=[plain(m.body) for m in told],
        names=[m.author.name for m in told if m.author.kind in {"agent", "customer"}],
    )


def _says_something(message: MessageOut) -> bool:
    return bool(gaps.sentences(message.body, gaps.Discretion([])))


def _is_thanks(body: str) -> bool:
    """Whether a message only says that it was well."""
    said = plain(body)
    if any(mark in said for mark in _ASKS) or len(said.split()) > _MOST_WORDS_OF_THANKS:
        return False
    meant = {autopilot.intent(sentence) for sentence in autopilot.sentences(said)}
    return "thanks" in meant and not meant & {"person", "unhelpful"}
