"""To whom an answer goes, when nobody says otherwise."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rapport.channels.email.envelope import folded
from rapport.channels.email.models import Mailbox, MailDetail
from rapport.channels.email.parsing import Address
from rapport.channels.email.sending.headers import AddressUnusable, ascii_address
from rapport.channels.email.sending.repository import ThreadRepository
from rapport.channels.email.settings import service as settings
from rapport.conversations.models import Conversation
from rapport.customers import service as customers
from rapport.kernel.context import Ctx

MAX_SUBJECT_CHARS: Final = 200
_ANSWERED: Final = re.compile(
    r"\s*(?:re|aw|sv|vs|antw|odp|ynt|rif|r|res|回复|答复|返信|回信)\s*(?:\[\d+\])?\s*[:\uff1a]",
    re.IGNORECASE,
)
_REPORTS: Final = frozenset({"bounce", "receipt"})
_FORWARDED: Final = "forwarded"
_FROM_US: Final = "from_us"


@dataclass(frozen=True, slots=True)
class Thread:
    """The mails of a conversation, and the one that an answer answers."""

    mails: Sequence[MailDetail]
    answered: MailDetail | None
    """The latest of somebody who belongs here; of a person, if a person wrote."""
    latest: MailDetail | None
    """The latest that came in, whoever or whatever wrote it."""

    @property
    def is_authenticated(self) -> bool:
        """Whether it is proved who wrote what is answered."""
        return self.answered is not None and is_proved(self.answered)

    @property
    def is_heard(self) -> bool:
        """Whether it is sure that whoever gets the answer has asked for one.

        It is proved who wrote what is answered, or they named a mail of ours, whose id only its
        readers know. What the form of a web site wrote is proved to be ours and no more.
        """
        if self.answered is None:
            return True
        ours = {it.message_id for it in self.mails if it.delivery_id is not None}
        is_form = _FROM_US in self.answered.notices
        return (self.is_authenticated and not is_form) or not ours.isdisjoint(
            self.answered.references
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """Who gets an answer."""

    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()


def is_proved(mail: MailDetail) -> bool:
    """Whether its From is proved: of a mail that somebody passed on it is only theirs."""
    verdict = mail.verdict or {}
    return bool(verdict.get("is_authenticated")) and _FORWARDED not in mail.notices


async def thread(ctx: Ctx, conversation_id: UUID, *, before: int | None = None) -> Thread:
    """What is there to answer, up to a message."""
    mails = await ThreadRepository(ctx).mails(conversation_id)
    mails = [it for it in mails if before is None or it.seq < before]
    came = [it for it in reversed(mails) if it.delivery_id is None and it.raw_id is not None]
    known = [it for it in came if not it.is_stranger and it.auto not in _REPORTS and it.sender]
    by_people = [it for it in known if it.auto is None]
    answered = next(iter(by_people or known), None)
    return Thread(mails, answered, came[0] if came else None)


async def reach(ctx: Ctx, conversation: Conversation, found: Thread) -> Reach:
    """Who gets the answer: nobody when no address is known.

    Whoever wrote what is answered, as From has it. Where they want answers to go, and who else got
    it, counts only when it is proved that they wrote it: else anybody could have an answer sent to
    whom they like, or read along.
    """
    ours = await settings.our_addresses(ctx)
    to = await _writer(ctx, conversation, found, ours)
    if to is None:
        return Reach(())
    if found.answered is None or not found.is_authenticated:
        return Reach((to,))
    others = [*people(found.answered.to), *people(found.answered.cc)]
    return Reach((to,), tuple(_without(others, ours | {folded(to.address)})))


async def _writer(
    ctx: Ctx, conversation: Conversation, found: Thread, ours: frozenset[str]
) -> Address | None:
    answered = found.answered
    candidates: list[Address] = []
    if answered is not None:
        if found.is_authenticated and answered.reply_to:
            candidates += people([answered.reply_to])
        candidates += people([answered.sender])
    customer = await customers.get(ctx, conversation.customer_id)
    if customer.email:
        candidates += people([{"name": customer.name, "address": customer.email}])
    return next(iter(_without(candidates, ours)), None)


def _without(several: Iterable[Address], left_out: frozenset[str]) -> list[Address]:
    """Those who are not among `left_out`, each once."""
    found: dict[str, Address] = {}
    for one in several:
        if folded(one.address) not in left_out:
            found.setdefault(folded(one.address), one)
    return list(found.values())


def people(told: Iterable[Any]) -> list[Address]:
    """Addresses as they are kept in JSON; what cannot be written to is left out."""
    found = []
    for one in told:
        if isinstance(one, dict) and one.get("address"):
            try:
                ascii_address(str(one["address"]))
            except AddressUnusable:
                continue
            found.append(Address(str(one.get("name") or ""), str(one["address"])))
    return found


def as_json(several: Iterable[Address]) -> list[dict[str, str]]:
    """What `people` reads."""
    return [{"name": one.name, "address": one.address} for one in several]


def answer_subject(mailbox: Mailbox, conversation: Conversation, found: Thread) -> str:
    """What the subject of an answer is: `Re:` and what it was, with the number where wished."""
    subject = found.answered.subject if found.answered else conversation.subject or ""
    subject = " ".join(subject.split())
    if not _ANSWERED.match(subject):
        subject = f"Re: {subject}".rstrip()
    return numbered(mailbox, conversation.number, subject)


def numbered(mailbox: Mailbox, number: int, subject: str) -> str:
    """A subject with the conversation's number, where the mailbox wants it to be there."""
    mark = f"[#{number}]"
    if not settings.outgoing_of(mailbox).number_in_subject or mark in subject:
        return subject[:MAX_SUBJECT_CHARS]
    return f"{subject[: MAX_SUBJECT_CHARS - len(mark) - 1]} {mark}"


async def sending_mailbox(ctx: Ctx, conversation: Conversation) -> Mailbox | None:
    """By which mailbox a conversation is continued: its own, else the oldest that sends."""
    every = await settings.mailboxes(ctx)
    own = next((it for it in every if it.id == conversation.inbox_id), None)
    if own is not None:
        return own
    return next((it for it in every if settings.outgoing_of(it).kind != "none"), None)
