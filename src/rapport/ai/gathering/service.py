"""Gathering: what an intent needs is asked for, once, before a person has to.

For each intent administrators say which facts a wish of this kind needs. What a conversation's
messages or the customer's profile tell is never asked for.
"""

from uuid import UUID

from rapport.ai.gathering.answers import mentioned, read, refuses
from rapport.ai.gathering.dialogue import (
    Step,
    begin,
    hear,
    is_asking,
    known_in,
    next_question,
    opening_of,
    stop,
    wish_in,
)
from rapport.ai.gathering.errors import PatternUnknown
from rapport.ai.gathering.facts import Fact, Named, in_language
from rapport.ai.gathering.repository import FactsRepository
from rapport.ai.gathering.schemas import FactOut, FactsIn, IntentFactsOut
from rapport.ai.triage import service as triage
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx

__all__ = [
    "Fact",
    "Named",
    "Step",
    "begin",
    "facts_of",
    "hear",
    "in_language",
    "is_asking",
    "known_in",
    "mentioned",
    "next_question",
    "opening_of",
    "read",
    "refuses",
    "set_facts",
    "stop",
    "wish_in",
]


async def facts_of(ctx: Ctx, intent_id: UUID) -> IntentFactsOut:
    """What an intent needs, in the order in which it is asked for.

    Raises:
        IntentNotFound: no such intent in this workspace.
    """
    intent = await triage.get_intent(ctx, intent_id)
    kept = await FactsRepository(ctx).of(intent.id)
    return IntentFactsOut(
        intent_id=intent.id, facts=[FactOut.model_validate(fact) for fact in kept]
    )


async def set_facts(ctx: Ctx, intent_id: UUID, wanted: FactsIn) -> IntentFactsOut:
    """Let an intent need these facts instead of those that it needed.

    Conversations in which it is asked for them go on with the new ones.

    Raises:
        IntentNotFound, IntentArchived: it cannot be used.
        PatternUnknown: a fact names a pattern that there is not.
    """
    (intent,) = await triage.usable(ctx, [intent_id])
    patterns = {it.name for it in (await triage.settings_of(ctx)).patterns}
    if any(fact.pattern and fact.pattern not in patterns for fact in wanted.facts):
        raise PatternUnknown
    before = await facts_of(ctx, intent.id)
    await FactsRepository(ctx).keep(intent.id, wanted.model_dump(mode="json")["facts"])
    after = await facts_of(ctx, intent.id)
    if after != before:
        await audit.record(
            ctx,
            "intent.facts_changed",
            subject=f"intent:{intent.id}",
            name=intent.name,
            details={"facts": [fact.name for fact in wanted.facts]},
        )
    return after
