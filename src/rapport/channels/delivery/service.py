"""The outbox of every channel: what is decided to be sent, and what became of it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rapport.channels.delivery.describing import (
    acting,
    addresses_of,
    author_of,
    describe,
    describe_all,
)
from rapport.channels.delivery.errors import DeliveryUnderWay
from rapport.channels.delivery.events import DeliveryChanged
from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Addressed, sender_of
from rapport.channels.delivery.repository import DeliveryRepository
from rapport.channels.delivery.schemas import Author, DeliveryOut, HeldDraft
from rapport.conversations import service as conversations
from rapport.conversations.drafts import service as drafts
from rapport.conversations.errors import ConversationErasedAlready
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.events import emit
from rapport.kernel.files import service as files
from rapport.kernel.ids import new_id

__all__ = [
    "addresses_of",
    "announce",
    "author_of",
    "cancel",
    "describe",
    "describe_many",
    "failed",
    "get",
    "hold",
    "of_conversation",
    "of_message",
    "queue",
    "register",
    "resume",
    "send_now",
]

SHOWN: Final = 500
"""How many deliveries of a conversation are listed at most, the latest."""
LOOP: Final = "loop"
LOOP_TIMES: Final = 5
LOOP_WITHIN: Final = timedelta(minutes=10)
OWNER: Final = "delivery"
"""What the files of a held message are attached to."""


async def hold(
    ctx: Ctx,
    channel: str,
    conversation_id: UUID,
    draft: HeldDraft,
    addressed: Addressed,
    *,
    due_at: datetime,
    expected_last_seq: int | None = None,
) -> Delivery:
    """Keep a message of whoever acts until `due_at`; then it is added to its conversation and sent.

    Until then nothing is in the conversation. Holding the same `client_id` again changes nothing.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
        ConversationErasedAlready: nothing more can be written in it.
        NewerMessages: somebody else wrote after `expected_last_seq`.
        FileNotFound: an attachment is not the actor's to attach.
    """
    await conversations.get(ctx, conversation_id, lock=True)
    deliveries = DeliveryRepository(ctx)
    known = await deliveries.of_client(conversation_id, draft.client_id)
    if known is not None:
        return known
    if (await conversations.state(ctx, conversation_id)).is_erased:
        raise ConversationErasedAlready
    if expected_last_seq is not None:
        await conversations.refuse_if_newer(
            ctx, conversation_id, expected_last_seq, draft.client_id
        )
    delivery_id = new_id()
    await files.attach(ctx, draft.attachment_ids, OWNER, delivery_id)
    delivery = await deliveries.add(
        id=delivery_id,
        channel=channel,
        inbox_id=addressed.inbox_id,
        conversation_id=conversation_id,
        seq=None,
        peer=addressed.peer,
        recipients=addressed.recipients,
        options={
            **addressed.options,
            "client_id": draft.client_id,
            "author": acting(ctx.actor).model_dump(mode="json"),
        },
        draft=draft.model_dump(mode="json"),
        is_automatic=addressed.is_automatic,
        state="held",
        due_at=due_at,
        queued_at=None,
        attempts=0,
        refused=[],
    )
    if ctx.actor.kind == "agent":
        await drafts.drop(ctx, conversation_id)
    await announce(ctx, delivery)
    return delivery


async def queue(
    ctx: Ctx,
    channel: str,
    conversation_id: UUID,
    addressed: Addressed,
    *,
    seq: int | None,
    author: Author,
) -> Delivery | None:
    """Decide to send a message that is in its conversation, or (`seq` None) one that is in none.

    None when the message is on its way already. One that may not be sent (`addressed.withheld`),
    or that would be the sixth in ten minutes which machines write to one peer, is noted as failed
    with the reason; an agent may send it in spite of that.
    """
    deliveries = DeliveryRepository(ctx)
    if seq is not None and await deliveries.at(conversation_id, seq) is not None:
        return None
    withheld = addressed.withheld
    if withheld is None and addressed.is_automatic:
        since = ctx.now() - LOOP_WITHIN
        if await deliveries.automatic_to(addressed.peer, since) >= LOOP_TIMES:
            withheld = LOOP
    delivery = await deliveries.add(
        channel=channel,
        inbox_id=addressed.inbox_id,
        conversation_id=conversation_id,
        seq=seq,
        peer=addressed.peer,
        recipients=addressed.recipients,
        options={**addressed.options, "author": author.model_dump(mode="json")},
        draft=None,
        is_automatic=addressed.is_automatic,
        state="queued" if withheld is None else "failed",
        reason=withheld,
        due_at=ctx.now(),
        queued_at=ctx.now(),
        attempts=0,
        refused=[],
    )
    await register(ctx, delivery)
    return delivery


async def register(ctx: Ctx, delivery: Delivery) -> None:
    """Give a delivery that was decided its reference, and announce it."""
    sender = sender_of(delivery.channel)
    assert sender is not None, f"nobody sends by {delivery.channel}"
    delivery.reference = await sender.queued(ctx, delivery)
    await ctx.session.flush()
    await announce(ctx, delivery)


async def get(ctx: Ctx, delivery_id: UUID, *, lock: bool = False) -> Delivery:
    """One delivery.

    Raises:
        DeliveryNotFound: no such delivery in this workspace.
    """
    return await DeliveryRepository(ctx).get(delivery_id, lock=lock)


async def cancel(ctx: Ctx, delivery_id: UUID) -> HeldDraft:
    """Take back a message that is still held, and return what was written.

    Its author finds it among their drafts again, unless they have begun another one. A conversation
    that it was to begin is over.

    Raises:
        DeliveryNotFound: no such delivery in this workspace.
        DeliveryUnderWay: it is in its conversation already.
    """
    delivery = await get(ctx, delivery_id, lock=True)
    if delivery.state != "held":
        raise DeliveryUnderWay
    draft = HeldDraft.model_validate(delivery.draft)
    delivery.draft, delivery.state = None, "cancelled"
    await files.detach(ctx, OWNER, delivery.id)
    await announce(ctx, delivery)
    conversation = await conversations.get(ctx, delivery.conversation_id)
    if conversation.last_seq == 0:
        await conversations.set_status(ctx, conversation.id, "resolved")
    author = author_of(delivery)
    if author.kind == "agent" and author.id is not None:
        as_author = replace(ctx, actor=Actor("agent", author.id, name=author.name))
        if await drafts.find(as_author, delivery.conversation_id) is None:
            body, kept_in = draft.body, delivery.conversation_id
            await drafts.save(as_author, kept_in, body=body, kind="message")
    return draft


async def send_now(ctx: Ctx, delivery_id: UUID) -> Delivery:
    """Send what is held or waits for another attempt at once, or try again what has failed.

    Raises:
        DeliveryNotFound: no such delivery in this workspace.
        DeliveryUnderWay: it is being sent, was sent, or was taken back.
    """
    delivery = await get(ctx, delivery_id, lock=True)
    if delivery.state not in {"held", "queued", "failed", "unknown"}:
        raise DeliveryUnderWay
    if delivery.state in {"failed", "unknown"}:
        delivery.state, delivery.attempts, delivery.queued_at = "queued", 0, ctx.now()
        delivery.reason = delivery.response = None
        delivery.refused = []
        delivery.options = {k: v for k, v in delivery.options.items() if k != "left"}
    delivery.due_at = ctx.now()
    await announce(ctx, delivery)
    return delivery


async def failed(
    ctx: Ctx,
    delivery_id: UUID,
    *,
    reason: str,
    response: str,
    recipients: Collection[str] = (),
) -> None:
    """Note that a message which seemed sent came back, e.g. by a bounce.

    `recipients` (as the channel compares addresses) are those who did not get it, all of them when
    none is named. It has failed when nobody got it; else it stays sent, with those who did not.

    Raises:
        DeliveryNotFound: no such delivery in this workspace.
    """
    delivery = await get(ctx, delivery_id, lock=True)
    if delivery.state in {"held", "cancelled"}:
        return
    everybody = addresses_of(delivery)
    missed = {it.casefold() for it in (*delivery.refused, *(recipients or everybody))}
    delivery.refused = [it for it in everybody if it.casefold() in missed]
    delivery.reason, delivery.response = reason, response[:1_000]
    if len(delivery.refused) == len(everybody) or not delivery.refused:
        delivery.state = "failed"
    await announce(ctx, delivery)


async def of_conversation(ctx: Ctx, conversation_id: UUID) -> list[DeliveryOut]:
    """What went out of a conversation, or is about to, the oldest first.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    await conversations.get(ctx, conversation_id)
    found = await DeliveryRepository(ctx).of_conversation(conversation_id, limit=SHOWN)
    return await describe_all(ctx, found)


async def of_message(ctx: Ctx, conversation_id: UUID, seq: int) -> Delivery | None:
    """The delivery of one message."""
    return await DeliveryRepository(ctx).at(conversation_id, seq)


async def resume(ctx: Ctx, inbox_id: UUID) -> None:
    """Try at once what waits because of its inbox: it was set up otherwise."""
    for delivery in await DeliveryRepository(ctx).put_off(inbox_id):
        delivery.due_at = ctx.now()


async def describe_many(ctx: Ctx, ids: Collection[UUID]) -> dict[UUID, DeliveryOut]:
    """Deliveries as agents see them, by id; those that do not exist are left out."""
    if not ids:
        return {}
    found = await describe_all(ctx, await DeliveryRepository(ctx).many(ids))
    return {it.id: it for it in found}


async def announce(ctx: Ctx, delivery: Delivery) -> None:
    """Tell the log how a delivery stands now."""
    changed = DeliveryChanged(
        delivery_id=delivery.id,
        conversation_id=delivery.conversation_id,
        seq=delivery.seq,
        state=delivery.state,
    )
    await emit(ctx, changed, subject=delivery.conversation_id)
