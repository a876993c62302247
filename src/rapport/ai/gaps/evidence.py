"""What was asked and what agents answered, read from the conversations as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rapport.ai.gaps.composing import Place, Reply
from rapport.ai.gaps.models import GapQuestion
from rapport.ai.gaps.replies import Discretion, sentences
from rapport.conversations import service as conversations
from rapport.conversations.schemas import ConversationState, MessageOut
from rapport.kernel.context import Ctx

READ: Final = 20
"""Conversations that are read for a gap."""
_REPLIES: Final = 20
"""Of each conversation; who needs more is not answered in a message."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the agents' messages after it."""

    question: GapQuestion
    state: ConversationState
    text: str
    replies: tuple[MessageOut, ...]

    @property
    def at_its_end(self) -> tuple[MessageOut, ...]:
        """The replies up to when it was resolved, the last first; all while it is not."""
        until = self.state.resolved_at
        told = [m for m in self.replies if until is None or m.created_at <= until]
        return tuple(reversed(told))


async def exchanges(ctx: Ctx, questions: Sequence[GapQuestion]) -> list[Exchange]:
    """The conversations of some questions, in their order, each once; erased ones are left out."""
    firsts: dict[UUID, GapQuestion] = {}
    for question in questions:
        known = firsts.get(question.conversation_id)
        if known is None or question.seq < known.seq:
            firsts[question.conversation_id] = question
    states = await conversations.states(ctx, list(firsts))
    places = [(q.conversation_id, q.seq) for q in firsts.values()]
    texts = {m.conversation_id: m.body for m in await conversations.messages_at(ctx, places)}
    replies: dict[UUID, list[MessageOut]] = {}
    for message in await conversations.replies_after(ctx, places, each=_REPLIES):
        replies.setdefault(message.conversation_id, []).append(message)
    return [
        Exchange(question, states[id_], texts.get(id_, ""), tuple(replies.get(id_, ())))
        for id_, question in firsts.items()
        if id_ in states and not states[id_].is_erased
    ]


def discretion_over(found: Sequence[Exchange]) -> Discretion:
    """Knows everybody who takes part in some conversations."""
    names = [exchange.state.customer.name for exchange in found]
    names += [message.author.name for exchange in found for message in exchange.replies]
    said = [exchange.text for exchange in found]
    said += [message.body for exchange in found for message in exchange.replies]
    return Discretion(names, said)


def solution(exchange: Exchange, discretion: Discretion) -> Reply | None:
    """The last message of substance before the conversation was resolved, or so far."""
    is_solved = exchange.state.status == "resolved"
    for message in exchange.at_its_end:
        told = sentences(message.body, discretion)
        if told:
            place = Place(message.conversation_id, message.seq)
            return Reply(place, told, is_solved)
    return None
