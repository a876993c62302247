"""What reading a message changes about its conversation: the topic and the priority.

People go first: what one of them has chosen is not touched again. Triage knows its own hand by
remembering what it set; anything else that it finds on a conversation is somebody's choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from rapport.ai.triage.examining import Examined
from rapport.ai.triage.models import Intent, TriagedConversation
from rapport.ai.triage.repository import TriagedRepository
from rapport.ai.triage.settings import TriageSettings
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.kernel.context import Ctx

STALE: Final = timedelta(days=1)
"""What came longer ago was seen by people, or is history: it is read, and changes nothing."""
_LEVELS: Final = ("low", "normal", "high", "urgent")
_NEW: Final = "normal"
"""The priority of a conversation that nobody has looked at."""
PRIORITY: Final = "priority"
TOPIC: Final = "topic"


@dataclass(slots=True)
class Hand:
    """What triage has set on one conversation, and what is in people's hands."""

    conversation_id: UUID
    read_up_to: datetime
    priority: str | None = None
    topic: str | None = None
    theirs: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, row: TriagedConversation) -> Self:
        """What a row says."""
        return cls(row.conversation_id, row.read_up_to, row.priority, row.topic, set(row.theirs))

    def row(self) -> dict[str, object]:
        """What is kept of it."""
        return {
            "conversation_id": self.conversation_id,
            "priority": self.priority,
            "topic": self.topic,
            "theirs": sorted(self.theirs),
            "read_up_to": self.read_up_to,
        }

    def notice(self, conversation: Conversation) -> None:
        """See what people have changed since."""
        if conversation.priority != (self.priority or _NEW):
            self.theirs.add(PRIORITY)
        if conversation.topic is not None and conversation.topic != self.topic:
            self.theirs.add(TOPIC)

    def ranked(
        self, conversation: Conversation, settings: TriageSettings, level: str, topic: str | None
    ) -> conversations.Ranking:
        """Take note of what is to be set now, as far as it is not in people's hands."""
        may_rank = settings.sets_priority and conversation.status != "resolved"
        priority = level if may_rank and PRIORITY not in self.theirs else None
        named = topic if settings.sets_topic and TOPIC not in self.theirs else None
        self.priority, self.topic = priority or self.priority, named or self.topic
        return conversations.Ranking(conversation, priority, named)


async def apply(
    ctx: Ctx,
    examined: Sequence[Examined],
    held: Mapping[UUID, Conversation],
    settings: TriageSettings,
    intents: Mapping[UUID, Intent],
) -> None:
    """Set topics and priorities by messages just read, in conversations `held` under a lock.

    A conversation whose customer waits only ever becomes more urgent; once somebody has answered,
    the next message decides anew.
    """
    fresh: dict[UUID, list[Examined]] = {}
    for one in examined:
        if ctx.now() - one.arrived.said_at <= STALE:
            fresh.setdefault(one.arrived.conversation_id, []).append(one)
    if not fresh:
        return
    hands = TriagedRepository(ctx)
    known = await hands.of(fresh)
    kept, rankings = list[Hand](), list[conversations.Ranking]()
    for conversation_id, messages in fresh.items():
        conversation, row = held[conversation_id], known.get(conversation_id)
        hand = Hand(conversation_id, messages[0].arrived.said_at) if row is None else Hand.of(row)
        level = _level(messages, hand, is_new=row is None)
        hand.notice(conversation)
        topic = _topic(messages, settings, intents)
        rankings.append(hand.ranked(conversation, settings, level, topic))
        hand.read_up_to = max(hand.read_up_to, messages[-1].arrived.said_at)
        kept.append(hand)
    await conversations.rank(ctx, rankings)
    await hands.save([hand.row() for hand in kept])


def _level(messages: Sequence[Examined], hand: Hand, *, is_new: bool) -> str:
    """The priority of a conversation by its new messages, and by those still unanswered."""
    since = messages[-1].arrived.waiting_since
    levels = [
        one.priority.level
        for one in messages
        if one is messages[-1] or (since is not None and one.arrived.said_at >= since)
    ]
    is_unanswered = not is_new and since is not None and hand.read_up_to >= since
    if is_unanswered and hand.priority is not None:
        return max(*levels, hand.priority, key=_LEVELS.index)
    return max(levels, key=_LEVELS.index)


def _topic(
    messages: Sequence[Examined], settings: TriageSettings, intents: Mapping[UUID, Intent]
) -> str | None:
    """The topic of the last message whose intent is known surely enough; None without one."""
    for one in reversed(messages):
        if one.intents.is_known and one.intents.likely[0][1] >= settings.topic_from:
            return topic_of(intents[one.intents.likely[0][0]])
    return None


def topic_of(intent: Intent) -> str:
    """What conversations about an intent have as their topic."""
    return intent.topic or intent.name


async def take(
    ctx: Ctx, conversation_id: UUID, *, priority: str | None = None, topic: str | None = None
) -> None:
    """Set on a conversation what a person chose, and leave it to people from now on.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    hands = TriagedRepository(ctx)
    held = (await hands.of([conversation_id])).get(conversation_id)
    hand = Hand(conversation_id, ctx.now()) if held is None else Hand.of(held)
    if priority is not None:
        await conversations.prioritise(ctx, conversation_id, priority)
        hand.theirs.add(PRIORITY)
    if topic is not None:
        await conversations.classify(ctx, conversation_id, topic=topic)
        hand.theirs.add(TOPIC)
    await hands.save([hand.row()])
