"""What opens a mailbox's servers for a trial: what is given, else what is kept for the same."""

from uuid import UUID

from rapport.channels.email.models import Mailbox
from rapport.channels.email.oauth import access_token
from rapport.channels.email.settings.changing import is_same_server, require_safe
from rapport.channels.email.settings.errors import SecretNeeded
from rapport.channels.email.settings.schemas import Incoming, Outgoing
from rapport.channels.email.settings.service import (
    incoming_of,
    mailbox,
    outgoing_of,
    secrets_of,
)
from rapport.channels.email.setup.trying.service import Keys
from rapport.kernel import egress
from rapport.kernel.context import Ctx
from rapport.kernel.settings.process import Settings


async def keys_for(
    ctx: Ctx,
    inbox_id: UUID | None,
    incoming: Incoming | None,
    outgoing: Outgoing | None,
    *,
    imap_password: str | None,
    smtp_password: str | None,
) -> Keys:
    """Passwords and a token for a trial.

    Raises:
        InboxNotFound, NotAMailbox: there is no such mailbox here.
        SecretNeeded: nothing is given, and what is kept is for another server or user.
        PlainRefused: a password would go over the internet for everybody to read.
        OAuthRefused, Unreachable: the provider gives no fresh token.
    """
    row = await mailbox(ctx, inbox_id) if inbox_id is not None else None
    for server in (incoming, outgoing):
        if server is not None and server.kind in {"imap", "smtp"} and server.user:
            require_safe(ctx.port(Settings), server)
    kept = await secrets_of(ctx, row) if row is not None else None
    is_in, is_out = _is_kept_for(row, incoming), _is_kept_for(row, outgoing)
    if imap_password is None and kept is not None and is_in:
        imap_password = kept.imap_password
    if smtp_password is None and kept is not None and is_out:
        smtp_password = kept.smtp_password
    token = await _token(ctx, row, (incoming, is_in), (outgoing, is_out))
    keys = Keys(imap_password, smtp_password, token)
    _require(incoming, keys.imap_password, keys)
    _require(outgoing, keys.smtp_password, keys)
    return keys


def _is_kept_for(row: Mailbox | None, server: Incoming | Outgoing | None) -> bool:
    if row is None or server is None:
        return False
    known = incoming_of(row) if isinstance(server, Incoming) else outgoing_of(row)
    return is_same_server(known, server)


async def _token(
    ctx: Ctx, row: Mailbox | None, *servers: tuple[Incoming | Outgoing | None, bool]
) -> str | None:
    """A token that opens both, when every server that asks for one is the one it is for."""
    asking = [is_ours for server, is_ours in servers if server and server.auth == "oauth"]
    if row is None or not asking or not all(asking):
        return None
    if (await secrets_of(ctx, row)).oauth is None:
        return None
    async with egress.client(allow=ctx.port(Settings).egress_allow) as http:
        return await access_token(ctx, row, client=http)


def _require(server: Incoming | Outgoing | None, password: str | None, keys: Keys) -> None:
    if server is None or server.kind not in {"imap", "smtp"} or not server.user:
        return
    if server.auth == "oauth" and keys.token is None:
        raise SecretNeeded("Sign in at the provider first.")
    if server.auth == "password" and not password:
        raise SecretNeeded("Enter the password: none is kept for this server and user.")
