"""By what an answer to our mail finds back: a token in its id, and in the address it goes to."""

from datetime import timedelta
from typing import Final

from rapport.channels.delivery.models import Delivery
from rapport.channels.email import threading
from rapport.channels.email.models import Mailbox
from rapport.channels.email.parsing import Address
from rapport.channels.email.sending.headers import ascii_address
from rapport.channels.email.settings import service as settings
from rapport.kernel.context import Ctx

GOOD_FOR: Final = timedelta(days=730)
"""How long answers find their conversation by a token."""
_MAX_LOCAL_CHARS: Final = 64
_TAKES_TAGS: Final = frozenset({"google", "microsoft"})
"""Whose mailboxes get mail to `name+anything@…` as well."""


async def new_reference(ctx: Ctx, delivery: Delivery, mailbox: Mailbox, number: int) -> str:
    """A new Message-ID without brackets that says which conversation it belongs to."""
    key = await threading.key_of(ctx)
    expires = (ctx.now() + GOOD_FOR).date()
    token = threading.mint(key, number, delivery.peer, expires)
    return threading.message_id(token, ascii_address(mailbox.address).rpartition("@")[2])


def reply_to(mailbox: Mailbox, reference: str) -> Address | None:
    """Where answers go, with the token of the id in it; None where such mail may not arrive."""
    incoming = settings.incoming_of(mailbox)
    if incoming.kind != "receiver" and incoming.provider not in _TAKES_TAGS:
        return None
    local, _, domain = ascii_address(mailbox.address).rpartition("@")
    tagged = f"{local}+{token_of(reference)}"
    if len(tagged) > _MAX_LOCAL_CHARS:
        return None
    return Address(mailbox.from_name, f"{tagged}@{domain}")


def token_of(reference: str) -> str:
    """The token in one of our Message-IDs."""
    return reference.split(".", 2)[1]
