"""How whoever we wrote to first says that they want no more (RFC 2369, RFC 8058)."""

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rapport.channels.delivery.errors import DeliveryNotFound
from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.service import get
from rapport.channels.email.models import Mailbox
from rapport.channels.email.sending.errors import UnsubscribeLinkInvalid
from rapport.channels.email.sending.headers import ascii_address
from rapport.channels.email.sending.repository import CorrespondentRepository
from rapport.kernel.context import Ctx
from rapport.kernel.secrets.keyring import KeyMissing, KeyRing
from rapport.kernel.settings.process import Settings

PATH: Final = "/mail/unsubscribe"
_VERSION: Final = 1
_FORM: Final = struct.Struct(">B16s16s")
_MAC_BYTES: Final = 24
_PURPOSE: Final = "email.unsubscribe"


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose mail the holder of a link got; it names nobody."""

    workspace_id: UUID
    delivery_id: UUID


def ways(ctx: Ctx, delivery: Delivery, mailbox: Mailbox) -> list[str]:
    """How to be left alone, for mail that nobody asked for; empty for answers.

    A mail to several has none: a link would speak for whoever of them uses it.
    """
    several = sum(len(people) for people in delivery.recipients.values())
    if delivery.options.get("kind") != "new" or several != 1:
        return []
    by_mail = f"mailto:{ascii_address(mailbox.address)}?subject=unsubscribe"
    public = ctx.port(Settings).public_url or ""
    if not public.startswith("https://"):
        return [by_mail]
    token = token_for(ctx.port(KeyRing), Wish(ctx.workspace_id, delivery.id))
    return [f"{public.rstrip('/')}{PATH}/{token}", by_mail]


def token_for(keys: KeyRing, wish: Wish) -> str:
    """The last part of a link by which one mail's recipient unsubscribes; it does not expire."""
    body = _FORM.pack(_VERSION, wish.workspace_id.bytes, wish.delivery_id.bytes)
    key_id, key = keys.derive(_PURPOSE)
    return f"{_text(body)}.{key_id}.{_text(_mac(key, body))}"


def wish_of(keys: KeyRing, token: str) -> Wish:
    """What `token_for` was given.

    Raises:
        UnsubscribeLinkInvalid: it is something else.
    """
    try:
        body, key_id, mac = (part for part in token.split("."))
        raw, given = _bytes(body), _bytes(mac)
        _, key = keys.derive(_PURPOSE, key_id)
    except (binascii.Error, ValueError, KeyMissing):
        raise UnsubscribeLinkInvalid from None
    if not hmac.compare_digest(given, _mac(key, raw)) or len(raw) != _FORM.size:
        raise UnsubscribeLinkInvalid
    version, workspace_id, delivery_id = _FORM.unpack(raw)
    if version != _VERSION:
        raise UnsubscribeLinkInvalid
    return Wish(UUID(bytes=workspace_id), UUID(bytes=delivery_id))


async def unsubscribe(ctx: Ctx, delivery_id: UUID) -> None:
    """Note that whoever got a mail wants no more; of one that was erased nobody is known."""
    try:
        delivery = await get(ctx, delivery_id)
    except DeliveryNotFound:
        return
    await CorrespondentRepository(ctx).note(delivery.peer, unsubscribed_at=ctx.now())


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
