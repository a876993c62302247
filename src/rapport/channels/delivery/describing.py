"""Reading what a delivery keeps as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.schemas import Author, DeliveryOut, HeldDraft, HeldDraftOut
from rapport.kernel import richtext
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.files import service as files
from rapport.kernel.files.schemas import FileOut


async def describe(ctx: Ctx, delivery: Delivery) -> DeliveryOut:
    """A delivery as agents see it."""
    return (await describe_all(ctx, [delivery]))[0]


async def describe_all(ctx: Ctx, deliveries: Sequence[Delivery]) -> list[DeliveryOut]:
    """Deliveries as agents see them, in the same order."""
    drafts = {it.id: HeldDraft.model_validate(it.draft) for it in deliveries if it.draft}
    attached = {id_ for draft in drafts.values() for id_ in draft.attachment_ids}
    known = await files.describe_many(ctx, attached)
    return [_described(it, drafts.get(it.id), known) for it in deliveries]


def _described(
    delivery: Delivery, draft: HeldDraft | None, known: Mapping[UUID, FileOut]
) -> DeliveryOut:
    return DeliveryOut.model_validate(
        {
            **{name: getattr(delivery, name) for name in _PLAIN},
            "client_id": delivery.options.get("client_id"),
            "recipients": {kind: _named(delivery.recipients, kind) for kind in _KINDS},
            "draft": None if draft is None else _shown(delivery, draft, known),
            "author": author_of(delivery),
        }
    )


_KINDS: Final = ("to", "cc", "bcc")
_PLAIN: Final = DeliveryOut.model_fields.keys() - {"client_id", "recipients", "draft", "author"}


def _named(recipients: dict[str, Any], kind: str) -> list[dict[str, str]]:
    return [
        {"name": one.get("name") or "", "address": one["address"]}
        for one in recipients.get(kind, ())
    ]


def _shown(delivery: Delivery, draft: HeldDraft, known: Mapping[UUID, FileOut]) -> HeldDraftOut:
    return HeldDraftOut(
        body=draft.body,
        html=richtext.render(draft.body),
        attachments=[known[id_] for id_ in draft.attachment_ids if id_ in known],
        cards=draft.cards,
        subject=draft.subject,
        quote=bool(delivery.options.get("quote")),
        resolve=draft.resolve,
    )


def addresses_of(delivery: Delivery) -> list[str]:
    """Everybody who is to get it, once each."""
    named = (one["address"] for kind in _KINDS for one in delivery.recipients.get(kind, ()))
    return list(dict.fromkeys(named))


def author_of(delivery: Delivery) -> Author:
    """Who wrote what is delivered."""
    return Author.model_validate(delivery.options["author"])


def acting(actor: Actor) -> Author:
    """Who acts, as a delivery remembers them."""
    return Author(kind=actor.kind, id=actor.id, name=actor.name)
