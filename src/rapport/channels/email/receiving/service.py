"""What agents read of mail that came in, and what they try again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rapport.channels.email.errors import MailNotFound, MailNotWaiting
from rapport.channels.email.models import MailDetail, RawMail
from rapport.channels.email.receiving.jobs import read_mail
from rapport.channels.email.receiving.repository import DetailRepository, RawRepository
from rapport.channels.email.receiving.schemas import (
    AddressOut,
    MailOut,
    RawMailOut,
    VerdictOut,
)
from rapport.conversations import service as conversations
from rapport.kernel import jobs
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.files import pictures
from rapport.kernel.files import service as files
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor


async def mails(
    ctx: Ctx, conversation_id: UUID, *, before_seq: int | None = None, limit: int = 100
) -> Page[MailOut]:
    """The newest mails of a conversation, or those before a message, in ascending order.

    `next` is the seq to go on before.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    await conversations.get(ctx, conversation_id)
    rows = await DetailRepository(ctx).newest(
        conversation_id, before_seq=before_seq, limit=limit + 1
    )
    shown = rows[:limit][::-1]
    following = str(shown[0].seq) if len(rows) > limit else None
    return Page(items=await describe_many(ctx, shown), next=following)


async def describe_many(ctx: Ctx, rows: Sequence[MailDetail]) -> list[MailOut]:
    """Mails as agents see them, the pictures of what they quote with links that work for a day."""
    shown = {id_ for row in rows for id_ in pictures.shown_in(row.quoted_html)}
    linked = await files.describe_many(ctx, shown)
    return [
        MailOut(
            conversation_id=row.conversation_id,
            seq=row.seq,
            sender=_address(row.sender),
            reply_to=_address(row.reply_to),
            to=[AddressOut.model_validate(one, from_attributes=False) for one in row.to],
            cc=[AddressOut.model_validate(one, from_attributes=False) for one in row.cc],
            subject=row.subject,
            quoted_html=pictures.linked(row.quoted_html, linked),
            verdict=None if row.verdict is None else VerdictOut(**row.verdict),
            auto=row.auto,
            is_stranger=row.is_stranger,
            notices=row.notices,
            has_raw=row.raw_id is not None,
        )
        for row in rows
    ]


def _address(told: dict[str, str] | None) -> AddressOut | None:
    return None if told is None else AddressOut(**told)


async def detail(ctx: Ctx, conversation_id: UUID, seq: int) -> MailDetail:
    """What one message has beyond its words.

    Raises:
        MailNotFound: it did not come by mail, or there is no such message.
    """
    found = await DetailRepository(ctx).of(conversation_id, [seq])
    if not found:
        raise MailNotFound
    return found[0]


async def raw_mails(
    ctx: Ctx,
    *,
    state: str | None = None,
    inbox_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[RawMailOut]:
    """Messages as they came, the latest first."""
    after = None
    if cursor is not None:
        at, after_id = decode_cursor(cursor, datetime, UUID)
        after = (at, after_id)
    rows = await RawRepository(ctx).page(
        state=state, inbox_id=inbox_id, after=after, limit=limit + 1
    )
    shown = rows[:limit]
    more = len(rows) > limit
    places = {(row.conversation_id, row.seq) for row in shown if row.conversation_id and row.seq}
    details = {it.raw_id: it for it in await DetailRepository(ctx).at(places)}
    return Page(
        items=[raw_from(row, details.get(row.id)) for row in shown],
        next=encode_cursor([shown[-1].created_at, shown[-1].id]) if more else None,
    )


async def raw_mail(ctx: Ctx, raw_id: UUID) -> RawMail:
    """A message as it came.

    Raises:
        RawMailNotFound: no such message in this workspace.
    """
    return await RawRepository(ctx).get(raw_id)


def raw_from(row: RawMail, detail: MailDetail | None = None) -> RawMailOut:
    """A message as it came, as agents see it; `detail` is what it became."""
    names = RawMailOut.model_fields.keys() - {"sender", "subject"}
    told = detail.sender if detail is not None else None
    return RawMailOut(
        **{name: getattr(row, name) for name in names},
        sender=told["address"] if told else row.envelope.get("mail_from") or None,
        subject=detail.subject if detail is not None else None,
    )


async def retry(ctx: Ctx, raw_id: UUID) -> RawMail:
    """Read a message again that failed; repeating it is harmless.

    Raises:
        RawMailNotFound: no such message in this workspace.
        MailNotWaiting: it was dealt with.
    """
    raw = await RawRepository(ctx).get(raw_id, lock=True)
    if raw.state not in {"failed", "received"}:
        raise MailNotWaiting
    raw.state, raw.reason = "received", None
    await ctx.session.flush()
    await jobs.defer(ctx, read_mail, raw_id=str(raw_id))
    await audit.record(ctx, "mail.retried", subject=f"raw_mail:{raw_id}", details={})
    return raw
