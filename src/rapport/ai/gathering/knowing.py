"""What is known without asking: what messages name by the way, and the customer's own profile."""

from collections.abc import Mapping, Sequence
from typing import Final

from rapport.ai.gathering.answers import mentioned, read
from rapport.ai.gathering.facts import Fact, Named
from rapport.ai.triage import service as triage
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.customers import service as customers
from rapport.customers.models import Customer
from rapport.kernel.context import Ctx

Told = Mapping[str, str]
"""`value` and `source` of a fact."""
_LOOKED_BACK: Final = 30


async def known_besides(
    ctx: Ctx, conversation: Conversation, facts: Sequence[Fact], held: Mapping[str, Told]
) -> dict[str, Told]:
    """What is held, and of the other facts what the last messages or the profile tell."""
    open_ = [fact for fact in facts if fact.name not in held]
    if not open_:
        return dict(held)
    customer = await customers.get(ctx, conversation.customer_id)
    page = await conversations.messages(ctx, conversation.id, limit=_LOOKED_BACK)
    said = [it.body for it in page.items if it.author.kind == "customer" and it.kind == "message"]
    named = [one for found in await names_in(ctx, customer, said) for one in found]
    known = dict(held)
    for fact in open_:
        by_the_way, of_theirs = mentioned(fact, named), await _profile(ctx, customer, fact)
        if by_the_way is not None:
            known[fact.name] = {"value": by_the_way, "source": "entity"}
        elif of_theirs is not None:
            known[fact.name] = {"value": of_theirs, "source": "profile"}
    return known


async def names_in(ctx: Ctx, customer: Customer, texts: Sequence[str]) -> list[Sequence[Named]]:
    """What each text of a customer names."""
    found = await triage.named_in(
        ctx, texts, at=ctx.now(), locale=customer.locale, timezone=customer.timezone
    )
    return list(found)


async def _profile(ctx: Ctx, customer: Customer, fact: Fact) -> str | None:
    """What the profile says: an attribute with the fact's name, an address or a number."""
    kept = customer.attributes.get(fact.name)
    if kept is not None and not isinstance(kept, (bool, list, dict)):
        (named,) = await names_in(ctx, customer, [str(kept)])
        value = read(fact, str(kept), named)
        if value is not None:
            return value
    if fact.kind == "email":
        return customer.email
    return customer.phone if fact.kind == "phone" else None
