"""DKIM (RFC 6376): our signature on a message, by which others know that it is ours."""

import asyncio
from typing import Final

import structlog

from rapport.channels.email.settings.service import Signing

log = structlog.get_logger(__name__)

_SIGNED: Final = (
    "from from to cc subject subject date message-id reply-to in-reply-to references "
    "content-type content-transfer-encoding mime-version auto-submitted list-unsubscribe "
    "list-unsubscribe-post"
)
"""Twice means that nobody may add another one."""


async def signed(body: bytes, key: Signing | None) -> bytes:
    """The message with a signature in front; without a usable key, as it is."""
    if key is None:
        return body
    return await asyncio.to_thread(_signed, body, key)


def _signed(body: bytes, key: Signing) -> bytes:
    # Imported only here: it takes 15 MB, and most mailboxes leave signing to their provider.
    import dkim  # noqa: PLC0415

    try:
        signature: bytes = dkim.sign(
            body,
            key.selector.encode("ascii"),
            key.domain.encode("idna"),
            key.private_key.encode("ascii"),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in _SIGNED.split()],
        )
    except (dkim.DKIMException, ValueError) as error:
        log.warning("mail_not_signed", domain=key.domain, error=str(error))
        return body
    return signature + body
