"""Mails that report on a mail of ours: that it was not delivered, or that somebody saw it."""

from typing import Final

from rapport.channels.email import threading
from rapport.channels.email.models import Known
from rapport.channels.email.parsing import Bounce
from rapport.channels.email.receiving import messages
from rapport.channels.email.receiving.letters import Case, Filed
from rapport.channels.email.receiving.reporting import service as reporting
from rapport.channels.email.receiving.reporting.service import Kind, Report
from rapport.channels.email.receiving.repository import KnownRepository
from rapport.kernel.context import Ctx

_GOOD_ADDRESS: Final = ("5.2.2", "5.2.3", "5.3.", "5.6.", "5.7.")
"""What fails a mail for good and says nothing against its address: full, too large, not wanted."""
_MAX_SAID: Final = 500


async def file(ctx: Ctx, case: Case) -> Filed:
    """File a bounce or a receipt with the mail it is about.

    Anybody can write one: only what names the id of a mail of ours is believed, which only its
    readers know. Any other is ignored.
    """
    bounce, receipt = case.mail.bounce, case.mail.receipt
    about = bounce or receipt
    original_id = about.original_message_id if about else None
    known = await _sent(ctx, original_id) if original_id else None
    if known is None or known.conversation_id is None:
        return Filed("ignored", f"{case.mail.auto.kind}_unmatched")
    if bounce is not None:
        await _report(ctx, bounce, known)
    return await messages.append_report(ctx, case, known.conversation_id, _told(case))


async def _sent(ctx: Ctx, message_id: str) -> Known | None:
    rows = await KnownRepository(ctx).many([threading.message_hash(message_id)])
    return next((row for row in rows if row.direction == "out"), None)


async def _report(ctx: Ctx, bounce: Bounce, known: Known) -> None:
    """Note whom the mail did not reach; an unknown address stands for its only recipient."""
    missed = [
        address
        for address in dict.fromkeys((*bounce.recipients, bounce.recipient))
        if address and threading.address_hash(ctx.workspace_id, address) in known.participants
    ]
    if not missed and len(known.participants) == 1:
        missed = [bounce.recipient]
    for address in missed:
        report = Report(
            _kind_of(bounce),
            address,
            bounce.original_message_id,
            status=bounce.status,
            detail=bounce.diagnostic,
            provider_id=(bounce.original_message_id or "").rpartition("@")[0] or None,
        )
        await reporting.apply(ctx, report, is_proven=False)


def _kind_of(bounce: Bounce) -> Kind:
    if not bounce.is_permanent:
        return "delayed"
    return "undelivered" if bounce.status.startswith(_GOOD_ADDRESS) else "bounced"


def _told(case: Case) -> str:
    """What the team reads of it."""
    bounce, receipt = case.mail.bounce, case.mail.receipt
    if bounce is not None:
        fate = "could not be delivered" if bounce.is_permanent else "is not delivered yet"
        why = " ".join(f"{bounce.status} {bounce.diagnostic}".split())[:_MAX_SAID]
        return f"The mail to {bounce.recipient or 'its recipient'} {fate}.\n{why}".strip()
    if receipt is not None:
        return f"{receipt.recipient}: the mail was {receipt.disposition}."
    return case.mail.subject
