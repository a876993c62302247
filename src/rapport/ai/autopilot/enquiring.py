"""Asking for what is missing before a conversation is handed over."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from rapport.ai.autopilot.dialogue import Dialogue
from rapport.ai.autopilot.models import AssistantSettings
from rapport.ai.autopilot.summary import Gathered
from rapport.ai.autopilot.thinking import Outcome, hand_over
from rapport.ai.gathering import service as gathering
from rapport.conversations.models import Conversation
from rapport.kernel.context import Ctx

_AT_ONCE: Final = frozenset({"asked_for_a_person", "not_helpful"})
"""Who is handed over for this is asked nothing."""


async def wish_behind(ctx: Ctx, dialogue: Dialogue, outcome: Outcome) -> UUID | None:
    """The intent of a question that is to be handed over, if it needs facts.

    Its message is read for it while nobody holds the conversation.
    """
    if dialogue.conversation_id is None or outcome.decision != "handed_over":
        return None
    if outcome.reason in _AT_ONCE or await gathering.is_asking(ctx, dialogue.conversation_id):
        return None
    return await gathering.wish_in(ctx, dialogue.conversation_id, dialogue.seq)


async def enquire(
    ctx: Ctx,
    conversation: Conversation,
    dialogue: Dialogue,
    settings: AssistantSettings,
    outcome: Outcome,
    intent_id: UUID | None,
    language: str,
) -> Outcome:
    """The same outcome, or a question for what is missing, or that enough, or nothing, was told.

    The conversation is held by the caller.
    """
    if outcome.reason in _AT_ONCE:
        await gathering.stop(ctx, conversation.id)
        return outcome
    was_asking = await gathering.is_asking(ctx, conversation.id)
    if was_asking:
        can_answer = outcome.decision == "answered"
        if not await gathering.hear(ctx, conversation, dialogue.said, is_digression=can_answer):
            return outcome
    elif intent_id is None or not await gathering.begin(ctx, conversation, intent_id, dialogue.seq):
        return outcome
    step = await gathering.next_question(ctx, conversation, language)
    found = [replace(candidate, used=False) for candidate in outcome.candidates]
    if step.state == "asking":
        asked = Outcome("answered", "asked_back", outcome.confidence, step.body)
        shown = [step.card] if step.card else []
        return replace(
            asked, mode=outcome.mode, candidates=found, timings=outcome.timings, cards=shown
        )
    if not was_asking:
        return outcome
    is_complete = step.state == "complete"
    over = hand_over(
        "facts_known" if is_complete else "facts_missing",
        settings,
        language,
        confidence=outcome.confidence,
    )
    over = over if is_complete else replace(over, body=step.body)
    return replace(over, mode=outcome.mode, candidates=found, timings=outcome.timings)


async def gathered(ctx: Ctx, conversation_id: UUID, locale: str) -> Gathered | None:
    """What a colleague is told of it, in their language; None where nothing was to be known."""
    opening = await gathering.opening_of(ctx, conversation_id)
    if not opening:
        return None
    known = await gathering.known_in(ctx, conversation_id)
    language = locale.replace("_", "-").split("-")[0]
    facts = [(gathering.in_language(fact.labels, language), fact.value) for fact in known.facts]
    return Gathered(opening, facts)
