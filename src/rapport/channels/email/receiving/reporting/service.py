"""What others tell of our mail: that it bounced, was complained about, or arrived."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from rapport.channels.delivery import service as deliveries
from rapport.channels.delivery.models import Delivery
from rapport.channels.email.envelope import folded
from rapport.channels.email.events import MailDetailed
from rapport.channels.email.receiving.reporting.repository import ReportedRepository
from rapport.channels.email.receiving.repository import CorrespondentRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

Kind = Literal["bounced", "undelivered", "delayed", "complained", "unsubscribed", "delivered"]
"""`bounced`: the address takes no mail. `undelivered`: this mail was given up, the address may be
good. `delayed`: it is still tried. The others are what they say."""

MAX_DETAIL_CHARS: Final = 1_000
MAX_STATUS_CHARS: Final = 100
_LOST: Final = frozenset({"bounced", "undelivered"})


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one mail at one recipient.

    `message_id` is ours, without brackets; `provider_id` is by what the provider knows the mail,
    as it said when it took it in. `status` is an enhanced status code (RFC 3463) or "".
    """

    kind: Kind
    recipient: str
    message_id: str | None
    status: str = ""
    detail: str = ""
    provider_id: str | None = None


async def apply(ctx: Ctx, report: Report, *, is_proven: bool = True) -> Delivery | None:
    """Note what is known about the recipient now, and fail what did not arrive; what was reported
    on, if it is ours. The same report twice changes nothing more.

    Anybody can write a mail that looks like a bounce: one that is not `is_proven` counts only when
    it names a mail of ours, by an id that only its readers know, and one of its recipients.
    """
    repository = ReportedRepository(ctx)
    address = folded(report.recipient)
    delivery = await _delivery_of(repository, report, address)
    named = set() if delivery is None else {folded(one) for one in _recipients_of(delivery)}
    if is_proven or address in named:
        await _note(ctx, repository, report, address)
    if delivery is not None and report.kind in _LOST and not _is_known(delivery, address):
        said = f"{report.status} {report.detail}".strip()
        missed = [one for one in _recipients_of(delivery) if folded(one) == address]
        await deliveries.failed(
            ctx, delivery.id, reason=report.kind, response=said, recipients=missed
        )
    if delivery is not None and delivery.seq is not None and report.kind in _LOST | {"complained"}:
        await emit(ctx, MailDetailed(conversation_id=delivery.conversation_id, seq=delivery.seq))
    return delivery


async def _delivery_of(
    repository: ReportedRepository, report: Report, address: str
) -> Delivery | None:
    if report.message_id:
        found = await repository.by_message_id(report.message_id.strip("<> "))
        if found is not None:
            return found
    if report.provider_id and address:
        return await repository.by_answer(address, report.provider_id)
    return None


def _is_known(delivery: Delivery, address: str) -> bool:
    refused = {folded(one) for one in delivery.refused}
    return delivery.state == "failed" or address in refused


def _recipients_of(delivery: Delivery) -> list[str]:
    lists = (delivery.recipients.get(kind) or () for kind in ("to", "cc", "bcc"))
    return [str(one["address"]) for named in lists for one in named]


async def _note(ctx: Ctx, repository: ReportedRepository, report: Report, address: str) -> None:
    if not address or "@" not in address:
        return
    noted: dict[str, Any] = {}
    match report.kind:
        case "bounced":
            noted = {
                "bounced_at": ctx.now(),
                "bounce_status": report.status[:MAX_STATUS_CHARS],
                "bounce_reason": report.detail[:MAX_DETAIL_CHARS],
            }
        case "complained":
            noted = {"complained_at": ctx.now()}
        case "unsubscribed":
            noted = {"unsubscribed_at": ctx.now()}
        case "delivered":
            await repository.mend(address)
    if noted:
        await CorrespondentRepository(ctx).note(address, **noted)
