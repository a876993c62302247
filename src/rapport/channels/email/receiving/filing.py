"""Where a letter goes: a conversation, one that is new, or nowhere."""

from dataclasses import replace
from typing import Any, Final

from rapport.channels.email import threading
from rapport.channels.email.receiving import messages, reports
from rapport.channels.email.receiving.evidence import Sender, gather, sender_of
from rapport.channels.email.receiving.forwards import read_forward
from rapport.channels.email.receiving.letters import Case, Filed, Letter
from rapport.channels.email.receiving.raw import forget
from rapport.channels.email.receiving.repository import RawRepository
from rapport.channels.email.settings import service as settings
from rapport.channels.email.threading import Link, Place
from rapport.conversations import service as conversations
from rapport.conversations.models import NOBODY
from rapport.kernel.auth import members
from rapport.kernel.context import Ctx

_ERASED: Final = Link(None, frozenset())
"""What is left of a mail that was erased: that it was here, and no more of whom."""


async def file(ctx: Ctx, letter: Letter) -> Filed | None:
    """Give a letter its place, in the caller's transaction; None when it has one already.

    Raises:
        MailboxNotFound: its inbox is none for mail any more.
    """
    raw = await RawRepository(ctx).take(letter.raw_id)
    if raw is None:
        return None
    mailbox, ours = await settings.mailbox_with_ours(ctx, raw.inbox_id)
    sender = sender_of(letter.mail, letter.envelope, ours)
    case = Case(
        letter=letter,
        mailbox=mailbox,
        ours=ours,
        message_hash=threading.mail_hash(letter.mail),
        sender=sender,
        is_authenticated=letter.verdict.is_authenticated and not sender.is_ours,
        notices=("from_us",) if sender.is_ours else (),
    )
    filed = await _file(ctx, case)
    more: dict[str, Any] = {}
    if not filed.keeps_bytes:
        await forget(ctx, letter.raw_id)
        more["envelope"] = {}
    if filed.conversation_id is None and case.mail.bounce is not None:
        about = {threading.address_hash(ctx.workspace_id, it) for it in case.mail.bounce.recipients}
        more["people"] = sorted(about.union(raw.people))
    await RawRepository(ctx).settle(
        letter.raw_id,
        filed.state,
        reason=filed.reason,
        message_hash=case.message_hash,
        conversation_id=filed.conversation_id,
        seq=filed.seq,
        customer_id=filed.customer_id,
        **more,
    )
    return filed


async def _file(ctx: Ctx, case: Case) -> Filed:
    if case.mail.auto.kind in {"bounce", "receipt"}:
        return await _file_report(ctx, case)
    case = await _with_author(ctx, case)
    place = await _place(ctx, case)
    match place.kind, place.conversation_id:
        case "deleted", _:
            return Filed("ignored", "deleted", keeps_bytes=False)
        case "duplicate", conversation_id:
            return Filed("duplicate", "known_id", conversation_id)
        case "append", conversation_id if conversation_id is not None:
            conversation = await conversations.get(ctx, conversation_id)
            if conversation.visitor_id != NOBODY:
                is_stranger = place.is_stranger
                return await messages.append(ctx, case, conversation, is_stranger=is_stranger)
    return await messages.begin(ctx, case)


async def _file_report(ctx: Ctx, case: Case) -> Filed:
    known = await gather(ctx, case.mailbox, case.mail, case.letter.envelope, is_from_us=False)
    if known.duplicate is not None:
        return Filed("duplicate", "known_id", known.duplicate.conversation_id)
    return await reports.file(ctx, case)


async def _place(ctx: Ctx, case: Case) -> Place:
    """Where it goes, with what only this room knows taken into account.

    A machine that was no part of a conversation is not let into it: reply addresses were used to
    catch what others send there, such as codes to sign in with.
    """
    evidence = await gather(
        ctx, case.mailbox, case.mail, case.letter.envelope, is_from_us=case.sender.is_ours
    )
    if evidence.duplicate == _ERASED:
        return Place("deleted", None, is_stranger=False, why="known_id")
    place = threading.decide(case.sender.address, case.letter.verdict, evidence)
    if place.kind == "append" and place.is_stranger and case.mail.auto.kind is not None:
        return Place("new", None, is_stranger=False, why="nothing")
    return place


async def _with_author(ctx: Ctx, case: Case) -> Case:
    """The case of whoever wrote the mail first, when somebody of ours passed it on.

    Mail never acts as an agent: what one of ours writes is a customer's message that says so. Only
    whose a mail was is taken from them, and only when it is proved that they sent it.
    """
    if not case.sender.address or case.sender.is_ours:
        return case
    member = await members.by_email(ctx, case.sender.address)
    if member is None or not member.is_active:
        return case
    case = replace(case, notices=(*case.notices, "from_agent"))
    forward = read_forward(case.mail) if case.is_authenticated else None
    author = forward.original.from_ if forward else None
    if forward is None or author is None:
        return case
    return replace(
        case,
        letter=replace(case.letter, mail=forward.original),
        sender=Sender(author.address, author.name, is_ours=False),
        is_authenticated=False,
        notices=(*case.notices, "forwarded"),
        remark=forward.remark,
    )
