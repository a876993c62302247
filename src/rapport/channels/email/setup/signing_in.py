"""A mailbox's sign-in at its provider by OAuth 2: code, PKCE, and a state that works once."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from rapport.channels.email.models import Mailbox
from rapport.channels.email.settings import endpoints
from rapport.channels.email.settings.endpoints import Endpoints
from rapport.channels.email.settings.schemas import OAuth, Provider
from rapport.channels.email.settings.service import (
    change_secrets,
    incoming_of,
    mailbox,
    name_of,
    outgoing_of,
    secrets_of,
    touched,
)
from rapport.channels.email.setup.errors import (
    MailProviderUnknown,
    MailSignInExpired,
    MailSignInRefused,
)
from rapport.kernel import egress
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import challenges
from rapport.kernel.auth.tokens import new_token
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.http import Principal
from rapport.kernel.secrets import service as secrets
from rapport.kernel.settings.process import Settings

LIFETIME: Final = timedelta(minutes=15)
BACK_TO: Final = "/settings/inboxes/signed-in"
"""The page of the console that the provider sends the browser back to."""
_KIND: Final = "mailbox_sign_in"
_PURPOSE: Final = "email.sign_in"
_MAX_BYTES: Final = 64 * 1024
_MAX_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows us by."""

    id: str
    secret: str | None


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and where it comes back to."""

    url: str
    redirect_uri: str


def redirect_uri(settings: Settings) -> str:
    """Where providers send browsers back to; it is registered with the client there."""
    return f"{settings.origin}{BACK_TO}"


def endpoints_of(
    provider: Provider,
    *,
    authorize_url: str | None = None,
    token_url: str | None = None,
    scope: str | None = None,
) -> Endpoints:
    """The provider's addresses, with those that were given in their place.

    Raises:
        MailProviderUnknown: for another provider both addresses and the scope are needed.
    """
    known = endpoints.BY_PROVIDER.get(provider)
    if known is None:
        if not (authorize_url and token_url and scope):
            raise MailProviderUnknown
        return Endpoints(authorize_url, token_url, scope)
    return Endpoints(
        authorize_url or known.authorize_url,
        token_url or known.token_url,
        scope or known.scope,
        known.options,
    )


async def begin(
    ctx: Ctx, database: Database, inbox_id: UUID, client: Client, at: Endpoints
) -> Departure:
    """Where somebody goes to let us into a mailbox.

    What comes back is good once, for a quarter of an hour, for who began it.

    Raises:
        InboxNotFound, NotAMailbox: see `settings.service.mailbox`.
        MailProviderUnknown: an address is not HTTPS.
    """
    row = await mailbox(ctx, inbox_id)
    settings = ctx.port(Settings)
    _require_https(settings, at)
    verifier, state = new_token(), new_token()
    kept = {
        "inbox_id": str(inbox_id),
        "verifier": verifier,
        "client_id": client.id,
        "client_secret": client.secret,
        "token_url": at.token_url,
    }
    await challenges.issue(
        database,
        _KIND,
        user_id=ctx.actor.id if ctx.actor.kind == "agent" else None,
        payload={
            "workspace_id": str(ctx.workspace_id),
            "actor": str(ctx.actor),
            "sealed": await secrets.seal(ctx, _PURPOSE, json.dumps(kept)),
        },
        lifetime=LIFETIME,
        token=state,
    )
    return Departure(_address(row, at, client, state, verifier, settings), redirect_uri(settings))


async def finish(database: Database, principal: Principal, *, state: str, code: str) -> UUID:
    """Exchange what the browser brought back for tokens, and keep them; the mailbox they are for.

    Nothing is held in the database while the provider is asked.

    Raises:
        MailSignInExpired: the state is unknown, used, too old, or somebody else's.
        MailSignInRefused: the provider does not take the code, or gives no lasting access.
        Unreachable: the provider did not answer.
    """
    begun = await challenges.redeem(database, _KIND, state)
    whose = {"workspace_id": str(principal.workspace_id), "actor": str(principal.actor)}
    if begun is None or any(begun.payload.get(name) != value for name, value in whose.items()):
        raise MailSignInExpired
    async with database.begin(principal.workspace_id, principal.actor) as ctx:
        kept = json.loads(await secrets.open(ctx, _PURPOSE, begun.payload["sealed"]))
        settings = ctx.port(Settings)
    told = await _redeem(settings, kept, code)
    inbox_id = UUID(kept["inbox_id"])
    async with database.begin(principal.workspace_id, principal.actor) as ctx:
        row = await mailbox(ctx, inbox_id, lock=True)
        known = await secrets_of(ctx, row)
        opened = OAuth(
            refresh_token=told["refresh_token"],
            access_token=told["access_token"],
            expires_at=ctx.now() + timedelta(seconds=told["expires_in"]),
            client_id=kept["client_id"],
            client_secret=kept["client_secret"],
            token_url=kept["token_url"],
        )
        await change_secrets(ctx, row, known.model_copy(update={"oauth": opened}))
        await touched(ctx, row)
        await audit.record(
            ctx,
            "mailbox.signed_in",
            subject=f"inbox:{row.id}",
            name=await name_of(ctx, row),
            details={"provider": urlsplit(opened.token_url).netloc},
        )
    return inbox_id


def _require_https(settings: Settings, at: Endpoints) -> None:
    for url in (at.authorize_url, at.token_url):
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.netloc.lower() not in settings.egress_allow:
            raise MailProviderUnknown("The provider's addresses begin with https://.")


def _address(
    row: Mailbox, at: Endpoints, client: Client, state: str, verifier: str, settings: Settings
) -> str:
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": redirect_uri(settings),
        "scope": at.scope,
        "state": state,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        "login_hint": incoming_of(row).user or outgoing_of(row).user or row.address,
        **dict(at.options),
    }
    joint = "&" if urlsplit(at.authorize_url).query else "?"
    return f"{at.authorize_url}{joint}{urlencode(query)}"


async def _redeem(settings: Settings, kept: dict[str, Any], code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(settings),
        "client_id": kept["client_id"],
        "code_verifier": kept["verifier"],
    }
    if kept["client_secret"]:
        form["client_secret"] = kept["client_secret"]
    client = egress.client(
        allow=settings.egress_allow, max_bytes=_MAX_BYTES, max_seconds=_MAX_SECONDS
    )
    async with client as http:
        answer = await http.post(
            kept["token_url"], data=form, headers={"accept": "application/json"}
        )
        told = _read(answer)
    if answer.is_error:
        raise MailSignInRefused(
            f"The provider refused: {str(told.get('error', 'no reason'))[:100]}."
        )
    if not isinstance(told.get("access_token"), str):
        raise MailSignInRefused
    if not isinstance(told.get("refresh_token"), str):
        raise MailSignInRefused(
            "The provider let us in only this once: it gave no refresh token. Allow offline access."
        )
    return {**told, "expires_in": _seconds(told.get("expires_in"))}


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(told: object) -> int:
    """How long an access token lasts; a short while when the provider does not say."""
    try:
        return max(0, min(int(str(told)), 86_400))
    except ValueError:
        return 300
