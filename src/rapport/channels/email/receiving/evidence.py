"""What the database knows about what a mail refers to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapport.channels.email import threading
from rapport.channels.email.envelope import Envelope, folded
from rapport.channels.email.models import Known, Mailbox
from rapport.channels.email.parsing import Address, Mail
from rapport.channels.email.receiving.repository import KnownRepository
from rapport.channels.email.threading import Evidence, Link
from rapport.conversations import service as conversations
from rapport.kernel.context import Ctx


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom a mail is from, as far as it says."""

    address: str
    """"" when it names nobody."""
    name: str
    is_ours: bool


def sender_of(mail: Mail, envelope: Envelope, ours: frozenset[str]) -> Sender:
    """Who is in From; without a usable one, who sent it for them, or whom SMTP named.

    Never Reply-To: anybody may write anything there. The one exception is what comes from our own
    address, as the forms of web sites write it: nobody but the person in Reply-To is its author,
    and they are proved as little as in any From.
    """
    named = [one for one in (mail.from_, mail.sender) if one is not None and one.address]
    author = named[0] if named else Address("", envelope.mail_from or "")
    name = author.name or (mail.from_.name if mail.from_ else "")
    is_ours = folded(author.address) in ours
    others = [one for one in mail.reply_to if one.address and folded(one.address) not in ours]
    if is_ours and others:
        return Sender(others[0].address, others[0].name, is_ours=True)
    return Sender(author.address, name, is_ours)


async def gather(
    ctx: Ctx, mailbox: Mailbox, mail: Mail, envelope: Envelope, *, is_from_us: bool
) -> Evidence:
    """All that `threading.decide` goes by.

    Where each inbox has its own copy of a mail, it has its own threads too: ids that only another
    inbox knows say nothing.
    """
    own, answered = threading.mail_hash(mail), _answered(mail)
    known = await KnownRepository(ctx).many({own, *answered})
    if mailbox.same_mail == "each":
        known = [row for row in known if row.inbox_id == mailbox.id]
    known = sorted(known, key=lambda row: row.inbox_id == mailbox.id)
    best = {row.message_hash: row for row in known}
    number = threading.number_in(mail.subject)
    return Evidence(
        workspace_id=ctx.workspace_id,
        token=await _by_token(ctx, mail, envelope),
        references=tuple(_link(best[it]) for it in answered if it in best),
        subject=None if number is None else await _by_number(ctx, number),
        duplicate=_link(best[own]) if own in best else None,
        is_from_us=is_from_us,
    )


def _answered(mail: Mail) -> Sequence[bytes]:
    """The hashes of the ids it answers, the newest first."""
    ids = [*([mail.in_reply_to] if mail.in_reply_to else []), *reversed(mail.references)]
    return list(dict.fromkeys(threading.message_hash(id_) for id_ in ids))


def _link(known: Known) -> Link:
    return Link(known.conversation_id, frozenset(known.participants))


async def _by_token(ctx: Ctx, mail: Mail, envelope: Envelope) -> Link | None:
    candidates = threading.tokens_of(mail, envelope)
    if not candidates:
        return None
    key, today = await threading.key_of(ctx), ctx.now().date()
    for token in (threading.read(key, text, today) for text in candidates):
        if token is not None:
            return await _by_number(ctx, token.number)
    return None


async def _by_number(ctx: Ctx, number: int) -> Link | None:
    conversation_id = await conversations.by_number(ctx, number)
    if conversation_id is None:
        return None
    return Link(conversation_id, await KnownRepository(ctx).participants(conversation_id))


def participants(
    ctx: Ctx, mail: Mail, sender: Sender, ours: frozenset[str], *, is_authenticated: bool
) -> list[bytes]:
    """Who takes part in a thread by this mail, as hashes; ours are left out.

    A mail that nobody vouches for brings in nobody but its sender: whoever forged it could name
    themselves in Cc and would be part of somebody else's conversation.
    """
    named = {folded(one) for one in _named(mail, sender, with_others=is_authenticated)}
    outside = named - ours - {""}
    return sorted(threading.address_hash(ctx.workspace_id, one) for one in outside)


def _named(mail: Mail, sender: Sender, *, with_others: bool) -> Iterator[str]:
    yield sender.address
    if with_others:
        yield from (one.address for one in (*mail.to, *mail.cc))
