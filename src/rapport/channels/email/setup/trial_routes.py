"""What asks other servers, which takes its time: nothing is held in the database meanwhile."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.responses import Response

from rapport.channels.email.oauth import OAuthRefused
from rapport.channels.email.settings import service as mailboxes
from rapport.channels.email.settings.errors import NotAMailbox, PlainRefused, SecretNeeded
from rapport.channels.email.setup import signing_in
from rapport.channels.email.setup.access import keys_for
from rapport.channels.email.setup.advising import service as advising
from rapport.channels.email.setup.describing import describe
from rapport.channels.email.setup.discovering import service as discovering
from rapport.channels.email.setup.errors import (
    MailProviderUnknown,
    MailSignInExpired,
    MailSignInRefused,
)
from rapport.channels.email.setup.schemas import (
    AddressIn,
    AdviceOut,
    MailboxOut,
    MailCandidateOut,
    MailCandidatesOut,
    OauthBackIn,
    OauthIn,
    OauthOut,
    TrialIn,
    TrialOut,
)
from rapport.channels.email.setup.trying import service as trying
from rapport.conversations import service as conversations
from rapport.conversations.errors import InboxNotFound
from rapport.kernel import egress, limits
from rapport.kernel.auth.http import authenticate_agent
from rapport.kernel.database.engine import Database
from rapport.kernel.dns import Dns
from rapport.kernel.errors import Forbidden, TooMany, Unauthenticated, Unreachable
from rapport.kernel.http import Principal, problems
from rapport.kernel.settings.process import Settings

TRIALS: Final = limits.Limit("email:trials", times=60, per=timedelta(minutes=10))
"""Per workspace: whoever may try servers shall not use us to look for open ones."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, and where what is known lies."""

    database: Database
    principal: Principal

    @property
    def settings(self) -> Settings:
        """Of this process."""
        return self.database.ports.get(Settings)


class TrialRoute(APIRoute):
    """A route that knows who asks before it reads what is asked, and holds no unit of work."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Authenticate, then go on."""
        endpoint = super().get_route_handler()

        async def handle(request: Request) -> Response:
            request.state.principal = await authenticate_agent(request)
            return await endpoint(request)

        return handle


async def may_manage(request: Request) -> Desk:
    """A dependency: whoever may set up inboxes, within their share of trials."""
    principal: Principal = request.state.principal
    if "inboxes.manage" not in principal.actor.permissions:
        raise Forbidden("This needs the permission 'inboxes.manage'.")
    database: Database = request.app.state.database
    await limits.take(database, TRIALS, str(principal.workspace_id))
    return Desk(database, principal)


router = APIRouter(
    prefix="/email",
    tags=["email"],
    route_class=TrialRoute,
    responses=problems(Unauthenticated, Forbidden, TooMany),
)
CanManage = Annotated[Desk, Depends(may_manage)]


@router.post("/discover", response_model=MailCandidatesOut)
async def discover_mail_settings(body: AddressIn, desk: CanManage) -> MailCandidatesOut:
    """Find out how an address receives and sends mail."""
    client = egress.client(
        allow=desk.settings.egress_allow,
        max_bytes=discovering.MAX_BYTES,
        max_seconds=discovering.MAX_SECONDS,
    )
    async with client as http:
        found = await discovering.discover(
            body.address, http=http, dns=desk.database.ports.get(Dns)
        )
    return MailCandidatesOut(items=[MailCandidateOut.model_validate(one) for one in found])


@router.post(
    "/test",
    response_model=TrialOut,
    responses=problems(
        InboxNotFound, NotAMailbox, OAuthRefused, SecretNeeded, PlainRefused, Unreachable
    ),
)
async def test_mailbox(body: TrialIn, desk: CanManage) -> TrialOut:
    """Try settings live, before or after they are saved: what fails is told step by step."""
    async with desk.database.begin(desk.principal.workspace_id, desk.principal.actor) as ctx:
        keys = await keys_for(
            ctx,
            body.inbox_id,
            body.incoming,
            body.outgoing,
            imap_password=_shown(body.imap_password),
            smtp_password=_shown(body.smtp_password),
        )
    tried = await trying.try_out(
        desk.settings,
        address=body.address,
        receive=body.incoming,
        send=body.outgoing,
        keys=keys,
        to_self=body.to_self,
        now=desk.database.now(),
    )
    return TrialOut.model_validate(tried)


@router.get(
    "/mailboxes/{inbox_id}/dns",
    response_model=AdviceOut,
    responses=problems(InboxNotFound, NotAMailbox),
)
async def get_mailbox_dns(inbox_id: UUID, desk: CanManage) -> AdviceOut:
    """The DNS records that a mailbox's domain needs, and whether they are there."""
    async with desk.database.begin(desk.principal.workspace_id, desk.principal.actor) as ctx:
        row = await mailboxes.mailbox(ctx, inbox_id)
    dns = desk.database.ports.get(Dns)
    return AdviceOut.model_validate(await advising.advise(dns, desk.settings, row))


@router.post(
    "/mailboxes/{inbox_id}/oauth",
    response_model=OauthOut,
    responses=problems(InboxNotFound, NotAMailbox, MailProviderUnknown),
)
async def begin_mailbox_sign_in(inbox_id: UUID, body: OauthIn, desk: CanManage) -> OauthOut:
    """Where the browser goes so that the provider lets us into a mailbox."""
    at = signing_in.endpoints_of(
        body.provider,
        authorize_url=body.authorize_url,
        token_url=body.token_url,
        scope=body.scope,
    )
    client = signing_in.Client(body.client_id, _shown(body.client_secret))
    async with desk.database.begin(desk.principal.workspace_id, desk.principal.actor) as ctx:
        departure = await signing_in.begin(ctx, desk.database, inbox_id, client, at)
    return OauthOut.model_validate(departure)


@router.post(
    "/oauth/finish",
    response_model=MailboxOut,
    responses=problems(MailSignInExpired, MailSignInRefused, Unreachable),
)
async def finish_mailbox_sign_in(body: OauthBackIn, desk: CanManage) -> MailboxOut:
    """Keep what the provider gave the browser: the mailbox is open from now on."""
    inbox_id = await signing_in.finish(
        desk.database, desk.principal, state=body.state, code=body.code
    )
    async with desk.database.begin(desk.principal.workspace_id, desk.principal.actor) as ctx:
        row = await mailboxes.mailbox(ctx, inbox_id)
        return await describe(ctx, await conversations.get_inbox(ctx, inbox_id), row)


def _shown(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
