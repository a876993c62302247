"""The assistant: it answers what the knowledge base proves, and hands over the rest.

It speaks only where it is switched on and while nobody else has the conversation. For every
customer message it takes up it keeps what it found, what it decided, and why.
"""

from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from rapport.ai.autopilot import summary, words
from rapport.ai.autopilot.decide import Limits
from rapport.ai.autopilot.dialogue import Dialogue, open_question
from rapport.ai.autopilot.enquiring import enquire, gathered, wish_behind
from rapport.ai.autopilot.events import QuestionTakenUp
from rapport.ai.autopilot.form import shaped
from rapport.ai.autopilot.harmless import harmless
from rapport.ai.autopilot.kept import answers, answers_in, count_once, kept, last_answered
from rapport.ai.autopilot.models import Answer, AssistantSettings
from rapport.ai.autopilot.parts import sentences
from rapport.ai.autopilot.repository import AnswerRepository, AssistantRepository
from rapport.ai.autopilot.rewording import is_proved
from rapport.ai.autopilot.schemas import AssistantPatch, CandidateOut, TryOut
from rapport.ai.autopilot.thinking import Outcome, think
from rapport.ai.autopilot.words import content, intent, language
from rapport.ai.courtesies import service as courtesies
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.conversations.ports import NewMessage
from rapport.customers import service as customers
from rapport.kernel import richtext
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.events import emit
from rapport.kernel.ids import new_id
from rapport.kernel.realtime.bus import Bus
from rapport.kernel.realtime.ephemera import say_typing
from rapport.kernel.settings import workspace as workspace_settings
from rapport.kernel.settings.workspace import General

__all__ = [
    "answers",
    "answers_in",
    "attempt",
    "change",
    "content",
    "count_once",
    "harmless",
    "intent",
    "is_proved",
    "kept",
    "language",
    "last_answered",
    "respond",
    "sentences",
    "settings_of",
]

NAME: Final = "Assistant"
_ACTOR_ID: Final = UUID(int=0)


async def settings_of(ctx: Ctx, inbox_id: UUID) -> AssistantSettings:
    """How the assistant of an inbox is set up; one that never was is switched off.

    Raises:
        InboxNotFound: no such inbox in this workspace.
    """
    inbox = await conversations.get_inbox(ctx, inbox_id)
    known = await AssistantRepository(ctx).of(inbox.id)
    return known if known is not None else AssistantSettings(**_defaults(inbox.id))


async def change(ctx: Ctx, inbox_id: UUID, patch: AssistantPatch) -> AssistantSettings:
    """Change the named fields. Switched on or off, it concerns the inbox's new conversations.

    Those that run keep whoever has them; the assistant says nothing more where it is off.

    Raises:
        InboxNotFound: no such inbox in this workspace.
    """
    inbox = await conversations.get_inbox(ctx, inbox_id, lock=True)
    assistants = AssistantRepository(ctx)
    changes = patch.model_dump(exclude_none=True)
    assistant = await assistants.of(inbox.id, lock=True)
    before = {name: getattr(assistant, name) for name in changes} if assistant else {}
    if assistant is None:
        assistant = await assistants.add(**(_defaults(inbox.id) | changes))
    else:
        for name, value in changes.items():
            setattr(assistant, name, value)
        await ctx.session.flush()
    first = "assistant" if assistant.enabled else "none"
    await conversations.change_inbox(ctx, inbox.id, first_handler=first)
    told = audit.changes(_defaults(inbox.id) | before, changes, changes)
    if told:
        subject = f"inbox:{inbox.id}"
        await audit.record(ctx, "assistant.changed", subject=subject, name=inbox.name, details=told)
    return assistant


async def respond(ctx: Ctx, conversation_id: UUID) -> Answer | None:
    """Take up what the customer waits to hear: answer it, or hand the conversation over.

    None, and nothing happens, where the assistant is off, a person has the conversation, nothing
    is open, or this message was taken up before: so it may be called as often as one likes.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    conversation = await conversations.get(ctx, conversation_id)
    if conversation.handler != "assistant":
        return None
    settings = await AssistantRepository(ctx).of(conversation.inbox_id)
    if settings is None or not settings.enabled:
        return None
    dialogue = await open_question(ctx, conversation_id)
    if dialogue is None or await AnswerRepository(ctx).to(dialogue.question_id) is not None:
        return None
    _say_typing(ctx, conversation, settings, on=True)
    try:
        spoken = await _language(ctx, conversation, dialogue)
        outcome = await think(ctx, dialogue, settings, spoken)
        wish = await wish_behind(ctx, dialogue, outcome)
        return await _carry_out(ctx, conversation, dialogue, settings, outcome, wish, spoken)
    finally:
        _say_typing(ctx, conversation, settings, on=False)


async def _carry_out(
    ctx: Ctx,
    conversation: Conversation,
    dialogue: Dialogue,
    settings: AssistantSettings,
    outcome: Outcome,
    wish: UUID | None,
    spoken: str,
) -> Answer | None:
    """Say and store it, or ask first for what the wish behind it needs.

    Nothing happens where somebody spoke or joined while the assistant was thinking.
    """
    conversation = await conversations.get(ctx, conversation.id, lock=True)
    if conversation.handler != "assistant" or conversation.public_seq != dialogue.seq:
        return None
    outcome = await enquire(ctx, conversation, dialogue, settings, outcome, wish, spoken)
    outcome = await shaped(ctx, conversation, outcome, spoken)
    answer_id = new_id()
    message_id = await _tell(ctx, conversation, dialogue, settings, outcome, answer_id)
    answer = await AnswerRepository(ctx).add(
        id=answer_id,
        conversation_id=conversation.id,
        question_id=dialogue.question_id,
        message_id=message_id,
        question=dialogue.question,
        decision=outcome.decision,
        reason=outcome.reason,
        confidence=outcome.confidence,
        mode=outcome.mode,
        wording=outcome.wording,
        model=outcome.model,
        candidates=[asdict(c) | {"article_id": str(c.article_id)} for c in outcome.candidates],
        timings=outcome.timings,
    )
    await emit(
        ctx,
        QuestionTakenUp(
            conversation_id=conversation.id,
            answer_id=answer.id,
            seq=dialogue.seq,
            decision=answer.decision,
            reason=answer.reason,
        ),
        subject=conversation.id,
    )
    if outcome.decision == "handed_over":
        await _leave_note(ctx, conversation, dialogue, settings, outcome, answer_id)
        await conversations.set_handler(ctx, conversation.id, "none")
    return answer


async def _tell(
    ctx: Ctx,
    conversation: Conversation,
    dialogue: Dialogue,
    settings: AssistantSettings,
    outcome: Outcome,
    answer_id: UUID,
) -> UUID:
    """The customer's message: an answer with its sources, or that a colleague will come."""
    is_answer = outcome.decision == "answered"
    stored = await conversations.append(
        ctx,
        conversation.id,
        NewMessage(
            workspace_id=ctx.workspace_id,
            conversation_id=conversation.id,
            body=outcome.body,
            kind="message" if is_answer else "system",
            author_kind="assistant" if is_answer else "system",
            author_name=settings.name if is_answer else "",
            client_id=f"assistant:{dialogue.question_id}",
            cards=outcome.shown(),
            answer_id=answer_id,
        ),
    )
    return stored.id


async def _leave_note(
    ctx: Ctx,
    conversation: Conversation,
    dialogue: Dialogue,
    settings: AssistantSettings,
    outcome: Outcome,
    answer_id: UUID,
) -> None:
    general = await workspace_settings.get(ctx, General)
    text = summary.note(
        dialogue.question,
        outcome.reason,
        outcome.confidence,
        outcome.candidates,
        gathered=await gathered(ctx, conversation.id, general.locale),
        locale=general.locale,
    )
    await conversations.append(
        ctx,
        conversation.id,
        NewMessage(
            workspace_id=ctx.workspace_id,
            conversation_id=conversation.id,
            body=text,
            kind="note",
            author_kind="assistant",
            author_name=settings.name,
            client_id=f"assistant:{dialogue.question_id}:note",
            answer_id=answer_id,
        ),
    )


async def _language(ctx: Ctx, conversation: Conversation, dialogue: Dialogue) -> str:
    """The language of the question, where it shows none the customer's, else the workspace's."""
    customer = await customers.get(ctx, conversation.customer_id)
    usual = customer.locale or (await workspace_settings.get(ctx, General)).locale
    said = f"{dialogue.earlier}\n{dialogue.said}"
    return words.language(said, default=usual.replace("_", "-").split("-")[0].lower())


def _say_typing(
    ctx: Ctx, conversation: Conversation, settings: AssistantSettings, *, on: bool
) -> None:
    bus = ctx.ports.find(Bus)
    if bus is not None:
        say_typing(
            bus,
            ctx.workspace_id,
            Actor("assistant", _ACTOR_ID, name=settings.name),
            conversation.id,
            [f"conversation:{conversation.id}", f"visitor:{conversation.reader_id}"],
            on=on,
        )


async def attempt(ctx: Ctx, inbox_id: UUID, question: str) -> TryOut:
    """What the assistant of an inbox would do about a question; nothing is stored or sent.

    Raises:
        InboxNotFound: no such inbox in this workspace.
    """
    settings = await settings_of(ctx, inbox_id)
    general = await workspace_settings.get(ctx, General)
    spoken = words.language(question, default=general.locale.split("-")[0])
    asked = courtesies.bare(question)
    dialogue = Dialogue(_ACTOR_ID, 0, asked, "", "", has_attachments=False, said=question)
    outcome = await think(ctx, dialogue, settings, spoken)
    return TryOut(
        decision=outcome.decision,
        reason=outcome.reason,
        confidence=outcome.confidence,
        body=outcome.body,
        html=richtext.render(outcome.body),
        mode=outcome.mode,
        wording=outcome.wording,
        model=outcome.model,
        timings=outcome.timings,
        candidates=[CandidateOut.model_validate(c) for c in outcome.candidates],
    )


def _defaults(inbox_id: UUID) -> dict[str, Any]:
    limits = Limits()
    return {
        "inbox_id": inbox_id,
        "enabled": False,
        "threshold": limits.threshold,
        "margin": limits.margin,
        "coverage": limits.coverage,
        "name": NAME,
        "greeting": "",
        "handover_text": "",
    }
