"""What one look at the outbox does: take one delivery a step further, in one transaction."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from rapport.channels.delivery import service
from rapport.channels.delivery.describing import addresses_of, author_of
from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Outcome, Result, Undeliverable, sender_of
from rapport.channels.delivery.repository import DeliveryRepository
from rapport.channels.delivery.schemas import HeldDraft
from rapport.conversations import service as conversations
from rapport.conversations.ports import NewMessage
from rapport.kernel.context import SYSTEM, Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.store import FileStore
from rapport.kernel.jobs import may_help

log = structlog.get_logger(__name__)

GIVE_UP: Final = timedelta(days=3)
BACKOFF_MINUTES: Final = (1, 5, 15, 30, 60, 120, 240)
ASK_AGAIN: Final = timedelta(minutes=5)
"""How soon an inbox that was not let in is tried again."""
MAX_UNKNOWN: Final = 10
"""How often the same message is sent again because nobody knows what became of it."""
SLOWER: Final = timedelta(seconds=20)
MAX_STUMBLES: Final = 5
RELEASE_AGAIN: Final = timedelta(days=1)
NOBODY_KNOWS: Final = "unknown"
INTERNAL: Final = "internal_error"


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that this process is to send now, and the bytes to send."""

    delivery: Delivery
    body: bytes
    attempt: int


class Step:
    """A delivery was taken a step further; there may be more to do."""


STEP: Final = Step()


async def claim(
    database: Database, workspace_id: UUID, inbox_id: UUID, lease: timedelta
) -> Leased | Step | None:
    """Take the longest due delivery of an inbox a step further; None when none is due.

    What was held is added to its conversation; what is queued is leased, with its bytes kept, and
    returned to be sent; what a dead process was sending becomes unknown. One that makes us stumble
    is put off, and given up after five times.
    """
    delivery_id: UUID | None = None
    try:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            delivery = await DeliveryRepository(ctx).next_due(inbox_id)
            if delivery is None:
                return None
            delivery_id = delivery.id
            return await _step(ctx, delivery, lease)
    except Exception as error:
        if delivery_id is None or may_help(error):
            raise
        log.error("delivery_stumbled", delivery_id=str(delivery_id), exc_info=error)
        async with database.begin(workspace_id, SYSTEM) as ctx:
            await _stumble(ctx, delivery_id)
        return STEP


async def _step(ctx: Ctx, delivery: Delivery, lease: timedelta) -> Leased | Step:
    match delivery.state:
        case "held":
            await _release(ctx, delivery)
            return STEP
        case "sending":
            await _lose_sight(ctx, delivery)
            return STEP
        case _:
            return await _lease(ctx, delivery, lease)


async def _release(ctx: Ctx, delivery: Delivery) -> None:
    """Add what was held to its conversation, as whoever wrote it, and decide to send it.

    What cannot be added stays held, with the reason: nothing that somebody wrote is lost.
    """
    try:
        async with ctx.session.begin_nested():
            await _add(ctx, delivery)
    except RapportError as error:
        if error.retryable:
            raise
        delivery.reason = error.code
        delivery.due_at = ctx.now() + RELEASE_AGAIN
        await service.announce(ctx, delivery)
        return
    if delivery.seq is not None:
        await service.register(ctx, delivery)


async def _add(ctx: Ctx, delivery: Delivery) -> None:
    draft, author = HeldDraft.model_validate(delivery.draft), author_of(delivery)
    assert author.id is not None
    as_author = replace(ctx, actor=Actor(author.kind, author.id, name=author.name))
    await files.detach(ctx, service.OWNER, delivery.id)
    stored = await conversations.append(
        as_author,
        delivery.conversation_id,
        NewMessage(
            workspace_id=ctx.workspace_id,
            conversation_id=delivery.conversation_id,
            body=draft.body,
            author_kind="agent",
            author_id=author.id,
            author_name=author.name,
            client_id=draft.client_id,
            attachment_ids=draft.attachment_ids,
            cards=[card.model_dump(mode="json") for card in draft.cards],
        ),
    )
    if draft.resolve and not stored.is_duplicate:
        await conversations.set_status(as_author, delivery.conversation_id, "resolved")
    known = await DeliveryRepository(ctx).at(delivery.conversation_id, stored.seq)
    delivery.draft = None
    if known is not None:
        delivery.state, delivery.reason = "cancelled", "duplicate"
        await service.announce(ctx, delivery)
        return
    delivery.seq, delivery.state, delivery.reason = stored.seq, "queued", None
    delivery.queued_at = delivery.due_at = ctx.now()


async def _lose_sight(ctx: Ctx, delivery: Delivery) -> None:
    """Whoever was sending it did not come back: it may have gone out or not."""
    await _unknown(ctx, delivery)
    await service.announce(ctx, delivery)


async def _unknown(ctx: Ctx, delivery: Delivery) -> None:
    times = int(delivery.options.get("unknown", 0)) + 1
    delivery.options = {**delivery.options, "unknown": times}
    delivery.state, delivery.lease_until = "unknown", None
    sender = sender_of(delivery.channel)
    delivery.due_at = ctx.now() + (times - 1) * SLOWER
    if times > MAX_UNKNOWN:
        delivery.state, delivery.reason = "failed", NOBODY_KNOWS
    elif sender is None or not sender.can_repeat:  # a person decides whether to send it again
        delivery.reason, delivery.due_at = NOBODY_KNOWS, ctx.now() + GIVE_UP


async def _lease(ctx: Ctx, delivery: Delivery, lease: timedelta) -> Leased | Step:
    sender = sender_of(delivery.channel)
    try:
        if sender is None:
            raise Undeliverable("no_sender")
        body = await _body(ctx, delivery)
    except Undeliverable as error:
        delivery.state, delivery.reason = "failed", error.reason
        await service.announce(ctx, delivery)
        return STEP
    delivery.state = "sending"
    delivery.attempts += 1
    delivery.lease_until = delivery.due_at = ctx.now() + lease
    return Leased(delivery, body, delivery.attempts)


async def _body(ctx: Ctx, delivery: Delivery) -> bytes:
    """The bytes of a delivery: made by the first attempt and kept for the others."""
    store = ctx.port(FileStore)
    if delivery.body_path is not None:
        try:
            return b"".join([piece async for piece in await store.read(delivery.body_path)])
        except FileNotFound:
            log.warning("delivery_body_gone", delivery_id=str(delivery.id))
    sender = sender_of(delivery.channel)
    assert sender is not None
    body = await sender.compose(ctx, delivery)
    path = path_of(ctx.workspace_id, delivery.id)
    await store.put(path, body, is_durable=True)
    delivery.body_path = path
    return body


async def _stumble(ctx: Ctx, delivery_id: UUID) -> None:
    delivery = await DeliveryRepository(ctx).find(delivery_id, lock=True)
    if delivery is None or delivery.state in {"sent", "failed", "cancelled"}:
        return
    times = int(delivery.options.get("stumbles", 0)) + 1
    delivery.options = {**delivery.options, "stumbles": times}
    delivery.reason = INTERNAL
    delivery.due_at = ctx.now() + timedelta(minutes=times)
    if times >= MAX_STUMBLES:
        if delivery.state == "held":
            delivery.due_at = ctx.now() + RELEASE_AGAIN
        else:
            delivery.state = "failed"
    await service.announce(ctx, delivery)


async def prolong(database: Database, leased: Leased, lease: timedelta) -> None:
    """Keep others from taking a delivery for lost that is still being sent."""
    async with database.begin(leased.delivery.workspace_id, SYSTEM) as ctx:
        delivery = await _ours(ctx, leased)
        if delivery is not None:
            delivery.lease_until = delivery.due_at = ctx.now() + lease


async def settle(database: Database, leased: Leased, outcome: Outcome) -> None:
    """Note what became of an attempt; nothing when somebody else has taken it over since."""
    async with database.begin(leased.delivery.workspace_id, SYSTEM) as ctx:
        delivery = await _ours(ctx, leased)
        if delivery is None:
            return
        delivery.lease_until = None
        if not _says_less(delivery, outcome):
            delivery.response = outcome.response[:1_000] or delivery.response
            delivery.reason = outcome.reason
        refused = {*delivery.refused, *outcome.refused}
        delivery.refused = [it for it in addresses_of(delivery) if it in refused]
        if not outcome.was_tried:
            delivery.attempts -= 1
        sender = sender_of(delivery.channel)
        if outcome.reference is not None and sender is not None:
            await sender.renamed(ctx, delivery, outcome.reference)
        await _note(ctx, delivery, outcome)
        await service.announce(ctx, delivery)


def _says_less(delivery: Delivery, outcome: Outcome) -> bool:
    """Whether the rest got it now: why some did not is what a person has to read."""
    return outcome.result is Result.SENT and bool(delivery.refused) and not outcome.refused


async def _ours(ctx: Ctx, leased: Leased) -> Delivery | None:
    delivery = await DeliveryRepository(ctx).find(leased.delivery.id, lock=True)
    if delivery is None or delivery.state != "sending" or delivery.attempts != leased.attempt:
        return None
    return delivery


async def _note(ctx: Ctx, delivery: Delivery, outcome: Outcome) -> None:
    match outcome.result:
        case Result.SENT if outcome.left:
            delivery.options = {**delivery.options, "left": list(outcome.left)}
            _put_off(ctx, delivery, outcome)
        case Result.SENT:
            delivery.state, delivery.sent_at = "sent", ctx.now()
        case Result.REJECTED:
            delivery.state = "failed"
        case Result.UNKNOWN:
            await _unknown(ctx, delivery)
        case Result.AUTH:
            soon = replace(outcome, retry_after_s=ASK_AGAIN.total_seconds())
            _put_off(ctx, delivery, soon)
        case Result.RETRY:
            _put_off(ctx, delivery, outcome)


def _put_off(ctx: Ctx, delivery: Delivery, outcome: Outcome) -> None:
    """Have it tried again later; after three days it is given up."""
    since = delivery.queued_at or delivery.created_at
    if ctx.now() - since >= GIVE_UP:
        delivery.reason = "gave_up"
        delivery.refused = list(delivery.options.get("left") or addresses_of(delivery))
        delivery.state = "sent" if len(delivery.refused) < len(addresses_of(delivery)) else "failed"
        return
    waits = BACKOFF_MINUTES[min(max(delivery.attempts, 1), len(BACKOFF_MINUTES)) - 1]
    pause = timedelta(minutes=waits)
    if outcome.retry_after_s is not None:
        pause = timedelta(seconds=outcome.retry_after_s)
    delivery.state, delivery.due_at = "queued", ctx.now() + pause


def path_of(workspace_id: UUID, delivery_id: UUID) -> str:
    """Where the bytes of a delivery lie in the file store."""
    return f"{workspace_id}/outbox/{delivery_id.hex[-2:]}/{delivery_id}"
