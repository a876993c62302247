"""Reading what a delivery keeps as JSON."""

from typing import Any, Final

from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.schemas import Author, DeliveryOut, HeldDraft, HeldDraftOut
from rapport.kernel import richtext
from rapport.kernel.context import Actor


def describe(delivery: Delivery) -> DeliveryOut:
    """A delivery as agents see it."""
    return DeliveryOut.model_validate(
        {
            **{name: getattr(delivery, name) for name in _PLAIN},
            "recipients": {kind: _named(delivery.recipients, kind) for kind in _KINDS},
            "draft": _shown(delivery),
            "author": author_of(delivery),
        }
    )


_KINDS: Final = ("to", "cc", "bcc")
_PLAIN: Final = tuple(
    name for name in DeliveryOut.model_fields if name not in {"recipients", "draft", "author"}
)


def _named(recipients: dict[str, Any], kind: str) -> list[dict[str, str]]:
    return [
        {"name": one.get("name") or "", "address": one["address"]}
        for one in recipients.get(kind, ())
    ]


def _shown(delivery: Delivery) -> HeldDraftOut | None:
    if delivery.draft is None:
        return None
    draft = HeldDraft.model_validate(delivery.draft)
    return HeldDraftOut(
        body=draft.body,
        html=richtext.render(draft.body),
        attachment_ids=draft.attachment_ids,
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
