"""Access tokens: kept while they are good, fetched anew before they end."""

from datetime import datetime, timedelta
from typing import Final

import httpx

from rapport.channels.email.models import Mailbox
from rapport.channels.email.oauth import protocol, repository
from rapport.channels.email.oauth.errors import OAuthRefused
from rapport.channels.email.oauth.protocol import Granted
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import OAuth
from rapport.kernel.context import Ctx

EARLY: Final = timedelta(minutes=2)
"""How long before its end a token is not used any more."""


async def access_token(ctx: Ctx, mailbox: Mailbox, *, client: httpx.AsyncClient) -> str:
    """A token that opens the mailbox at its provider now.

    Call it in a unit of work of its own, and commit: a provider may take the old refresh token
    back as soon as it has given a new one. `client` comes from `kernel.egress`. Asked at the same
    time for one mailbox, one asks the provider and the others wait.

    Raises:
        OAuthRefused: somebody must sign in at the provider again.
        Unreachable: the provider did not answer; try again.
        AddressRefused: its address is none that may be called.
    """
    held = await _held(ctx, mailbox)
    if token := _good(held, ctx.now()):
        return token
    await repository.take_turn(ctx, mailbox.id)
    await ctx.session.refresh(mailbox)
    held = await _held(ctx, mailbox)
    if token := _good(held, ctx.now()):
        return token  # somebody else was faster
    granted = await protocol.refresh(client, held, at=ctx.now())
    await _keep(ctx, mailbox, held, granted)
    return granted.access_token


async def forget(ctx: Ctx, mailbox: Mailbox, token: str) -> None:
    """Use an access token no more, because a server refused it before its time."""
    await ctx.session.refresh(mailbox, with_for_update=True)
    secrets = await settings.secrets_of(ctx, mailbox)
    if secrets.oauth is not None and secrets.oauth.access_token == token:
        fresh = secrets.oauth.model_copy(update={"access_token": None, "expires_at": None})
        await settings.change_secrets(ctx, mailbox, secrets.model_copy(update={"oauth": fresh}))


async def _held(ctx: Ctx, mailbox: Mailbox) -> OAuth:
    held = (await settings.secrets_of(ctx, mailbox)).oauth
    if held is None:
        raise OAuthRefused("Nobody has signed in at the provider of this mailbox yet.")
    return held


def _good(held: OAuth, now: datetime) -> str | None:
    """The access token when it can still be used."""
    if held.access_token is None or held.expires_at is None:
        return None
    return held.access_token if now + EARLY < held.expires_at else None


async def _keep(ctx: Ctx, mailbox: Mailbox, asked: OAuth, granted: Granted) -> None:
    """Remember what was given, unless somebody signed in anew meanwhile."""
    await ctx.session.refresh(mailbox, with_for_update=True)
    secrets = await settings.secrets_of(ctx, mailbox)
    if secrets.oauth is None or secrets.oauth.refresh_token != asked.refresh_token:
        return
    renewed = secrets.oauth.model_copy(
        update={
            "access_token": granted.access_token,
            "expires_at": granted.expires_at,
            "refresh_token": granted.refresh_token,
        }
    )
    await settings.change_secrets(ctx, mailbox, secrets.model_copy(update={"oauth": renewed}))
