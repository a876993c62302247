"""What the team reads: lists, counters, conversations, threads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.reading.repository import COUNTED_UP_TO, ReadingRepository, Wanted
from rapport.conversations.schemas import (
    Attachment,
    Author,
    ConversationOut,
    ConversationState,
    Counter,
    Counters,
    CustomerBrief,
    MessageOut,
    Sort,
    View,
)
from rapport.kernel.context import Ctx
from rapport.kernel.files import pictures
from rapport.kernel.files import service as files
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor


async def page(
    ctx: Ctx,
    *,
    view: View = View.ALL,
    sort: Sort = Sort.RECENT,
    inbox_id: UUID | None = None,
    tag_id: UUID | None = None,
    assignee_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ConversationOut]:
    """One page of a list, in one statement. Sorted by waiting, those nobody waits in are left out.

    Nobody waits in the snoozed and resolved lists; they are always sorted by activity.

    Raises:
        CursorMalformed: the cursor is not one of this list.
    """
    if view in {View.SNOOZED, View.RESOLVED}:
        sort = Sort.RECENT
    after = None
    if cursor is not None:
        at, after_id = decode_cursor(cursor, datetime, UUID)
        after = (at, after_id)
    rows = await ReadingRepository(ctx).page(
        Wanted(view, sort, limit + 1, inbox_id, tag_id, assignee_id, after)
    )
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        last = shown[-1]
        at = last.waiting_since if sort is Sort.WAITING else last.last_activity_at
        following = encode_cursor([at, last.id])
    return Page(items=[conversation_from(row) for row in shown], next=following)


async def one(ctx: Ctx, conversation_id: UUID) -> ConversationOut:
    """One conversation, with the acting agent's mark.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    found = await many(ctx, [conversation_id])
    if not found:
        raise ConversationNotFound
    return found[0]


async def many(ctx: Ctx, ids: Sequence[UUID]) -> list[ConversationOut]:
    """Conversations in the order of `ids`, with the acting agent's marks; unknown ones left out."""
    rows = await ReadingRepository(ctx).by_ids(ids)
    return [conversation_from(rows[id_]) for id_ in ids if id_ in rows]


async def state(ctx: Ctx, conversation_id: UUID) -> ConversationState:
    """One conversation as everybody on the team sees it.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    found = await states(ctx, [conversation_id])
    if not found:
        raise ConversationNotFound
    return found[conversation_id]


async def states(ctx: Ctx, ids: Sequence[UUID]) -> dict[UUID, ConversationState]:
    """Conversations by id, as everybody on the team sees them; unknown ones are left out."""
    rows = await ReadingRepository(ctx).by_ids(ids)
    return {id_: state_from(row) for id_, row in rows.items()}


async def counters(ctx: Ctx) -> Counters:
    """The numbers beside the views, in one statement. `unread` looks at my 101 latest."""
    row = await ReadingRepository(ctx).counters()
    counts = row._mapping
    return Counters(
        **{
            name: Counter(
                count=min(counts[name], COUNTED_UP_TO), capped=counts[name] > COUNTED_UP_TO
            )
            for name in Counters.model_fields
        }
    )


async def messages(
    ctx: Ctx,
    conversation_id: UUID,
    *,
    before_seq: int | None = None,
    after_seq: int | None = None,
    limit: int = 50,
) -> Page[MessageOut]:
    """Messages and notes in ascending order: the newest, those before, or the first ones after.

    `next` is the seq to go on from in the same direction.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    reading = ReadingRepository(ctx)
    rows = await reading.thread(
        conversation_id, before=before_seq, after=after_seq, limit=limit + 1, public_only=False
    )
    if not rows and not await reading.by_ids([conversation_id]):
        raise ConversationNotFound
    shown, following = cut(rows, limit, forward=after_seq is not None)
    return Page(items=await messages_from(ctx, shown), next=following)


def cut(rows: Sequence[Any], limit: int, *, forward: bool) -> tuple[Sequence[Any], str | None]:
    """The rows of a page out of one more than fit, and the seq that continues it."""
    if len(rows) <= limit:
        return rows, None
    shown = rows[:limit] if forward else rows[-limit:]
    return shown, str(shown[-1].seq if forward else shown[0].seq)


async def message_at(ctx: Ctx, conversation_id: UUID, seq: int) -> MessageOut:
    """One message.

    Raises:
        ConversationNotFound: there is no such message.
    """
    found = await messages_at(ctx, [(conversation_id, seq)])
    if not found:
        raise ConversationNotFound
    return found[0]


async def messages_at(ctx: Ctx, places: Sequence[tuple[UUID, int]]) -> list[MessageOut]:
    """The messages at these places (conversation, seq), in no particular order."""
    return await messages_from(ctx, await ReadingRepository(ctx).messages_at(places))


async def replies_after(
    ctx: Ctx, places: Sequence[tuple[UUID, int]], *, each: int
) -> list[MessageOut]:
    """What agents said to customers after these places (conversation, seq), in order.

    The first `each` of every conversation, which is named once.
    """
    return await messages_from(ctx, await ReadingRepository(ctx).replies_after(places, each=each))


async def messages_from(ctx: Ctx, rows: Sequence[Any]) -> list[MessageOut]:
    """Messages with their files, which are read together if there are any."""
    attached = await attachments_of(ctx, rows)
    return [
        MessageOut(
            id=row.id,
            conversation_id=row.conversation_id,
            seq=row.seq,
            kind=row.kind,
            author=Author(kind=row.author_kind, id=row.author_id, name=row.author_name),
            body=row.body,
            html=pictures.linked(row.html, attached),
            cards=row.cards,
            attachments=beside(row, attached),
            answer_id=row.answer_id,
            client_id=row.client_id,
            created_at=row.created_at,
        )
        for row in rows
    ]


async def attachments_of(ctx: Ctx, rows: Sequence[Any]) -> dict[UUID, Attachment]:
    """The files of messages by id."""
    ids = {id_ for row in rows for id_ in row.attachment_ids}
    if not ids:
        return {}
    found = await files.describe_many(ctx, ids)
    return {id_: Attachment.model_validate(file) for id_, file in found.items()}


def beside(row: Any, attached: Mapping[UUID, Attachment]) -> list[Attachment]:
    """The files of a message that its text does not show."""
    shown = pictures.shown_in(row.html) if row.attachment_ids else set()
    return [attached[id_] for id_ in row.attachment_ids if id_ in attached and id_ not in shown]


def conversation_from(row: Any) -> ConversationOut:
    """What the list and the conversation's page show of a row."""
    return ConversationOut(seen_seq=row.seen_seq, **_fields(row))


def state_from(row: Any) -> ConversationState:
    """What realtime events carry of a row."""
    return ConversationState(**_fields(row))


def _fields(row: Any) -> dict[str, Any]:
    values = row._mapping
    fields = {name: values[name] for name in ConversationState.model_fields if name in values}
    fields["customer"] = CustomerBrief(
        id=row.customer_id,
        name=row.customer_name,
        email=row.customer_email,
        verified=row.customer_verified,
    )
    return fields
