"""To the workspace's identity provider and back; and which one that is."""

from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse

from rapport.kernel.auth.errors import (
    ForeignOrigin,
    PeopleOnly,
    ProviderFaulty,
    ProviderNotFound,
    ProviderRefused,
    SecondFactorNeeded,
)
from rapport.kernel.auth.http import (
    AgentRoute,
    admit,
    authenticate_agent,
    browser_of,
    database_of,
    forget_journey,
    journey_secret,
    remember_journey,
    require_person,
    require_same_origin,
)
from rapport.kernel.auth.models import IdentityProvider
from rapport.kernel.auth.oidc import journeys, providers
from rapport.kernel.auth.oidc.protocol import Endpoints
from rapport.kernel.auth.security_schemas import (
    JourneyIn,
    JourneyOut,
    ProviderCheckIn,
    ProviderCheckOut,
    ProviderIn,
    ProviderOut,
)
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, RapportError, TooMany, Unreachable
from rapport.kernel.http import Permitted, problems, signed_in
from rapport.kernel.settings.process import Settings

doors = APIRouter(prefix="/auth/oidc", tags=["auth"])
own = APIRouter(prefix="/me/identities", tags=["me"], route_class=AgentRoute)
router = APIRouter(
    prefix="/workspace/identity-provider", tags=["workspace"], route_class=AgentRoute
)
routers = (doors, own, router)
SignedIn = Annotated[Ctx, Depends(signed_in)]
CanManage = Annotated[Ctx, Depends(Permitted("sign_in.manage"))]
LEAVING = (ProviderNotFound, ProviderFaulty, Unreachable, TooMany)
Answer = Annotated[str | None, Query(max_length=4_000)]


@doors.post(
    "/{provider_id}",
    response_model=JourneyOut,
    responses=problems(*LEAVING, ForeignOrigin),
)
async def begin_identity_sign_in(
    provider_id: UUID, body: JourneyIn, request: Request
) -> JSONResponse:
    """Where the browser goes to be recognised by the identity provider."""
    require_same_origin(request, must_say=False)
    departure = await journeys.depart(
        database_of(request), provider_id, to=body.to, browser=browser_of(request)
    )
    return _on_the_way(request, departure)


@doors.get("/{provider_id}/callback", status_code=303, response_class=RedirectResponse)
async def end_identity_sign_in(
    provider_id: UUID,
    request: Request,
    state: Answer = None,
    code: Answer = None,
    iss: Answer = None,
) -> RedirectResponse:
    """Where the identity provider sends the browser back to. Always leads on to a page of ours."""
    try:
        if not state or not code:
            raise ProviderRefused
        back = journeys.Return(state, code, iss, journey_secret(request))
        arrival = await journeys.arrive(
            database_of(request),
            provider_id,
            back=back,
            browser=browser_of(request),
            signed_in_as=await _person_signed_in(request),
        )
        response = RedirectResponse(quote(arrival.to, safe="/?=&#%-._~:@!$'()*+,;"), 303)
        if arrival.signed_in is not None:
            admit(request, response, arrival.signed_in)
    except SecondFactorNeeded as half:
        response = RedirectResponse(f"/sign-in#{urlencode(half.fields or {})}", 303)
    except RapportError as refusal:
        response = RedirectResponse(f"/sign-in?{urlencode({'problem': refusal.code})}", 303)
    forget_journey(request, response)
    return response


@own.post(
    "/{provider_id}",
    response_model=JourneyOut,
    responses=problems(*LEAVING, PeopleOnly),
)
async def begin_connecting_identity(
    provider_id: UUID, body: JourneyIn, ctx: SignedIn, request: Request
) -> JSONResponse:
    """Where the browser goes so that one's account is connected to an identity of one's own."""
    require_person(ctx)
    departure = await journeys.depart(
        database_of(request),
        provider_id,
        to=body.to,
        browser=browser_of(request),
        user_id=ctx.actor.id,
        workspace_id=ctx.workspace_id,
    )
    return _on_the_way(request, departure)


@router.get("", responses=problems(Forbidden))
async def get_identity_provider(ctx: CanManage) -> ProviderOut | None:
    """The OpenID provider that the workspace trusts; null when there is none."""
    row = await providers.mine(ctx)
    return None if row is None else _shown(ctx, row)


@router.put("", responses=problems(Forbidden, ProviderFaulty))
async def save_identity_provider(body: ProviderIn, ctx: CanManage) -> ProviderOut:
    """Trust this OpenID provider from now on."""
    secret = body.client_secret.get_secret_value() if body.client_secret else None
    values = body.model_dump(exclude={"client_secret"})
    return _shown(ctx, await providers.save(ctx, **values, client_secret=secret))


@router.delete("", status_code=204, responses=problems(Forbidden, ProviderNotFound))
async def remove_identity_provider(ctx: CanManage) -> None:
    """Trust no OpenID provider any more."""
    await providers.remove(ctx)


@router.post(
    "/check",
    response_model=ProviderCheckOut,
    responses=problems(Forbidden, ProviderFaulty, Unreachable),
)
async def check_identity_provider(body: ProviderCheckIn, ctx: CanManage) -> Endpoints:
    """Ask an issuer to describe itself, as signing in would."""
    return await providers.check(ctx, body.issuer)


def _on_the_way(request: Request, departure: journeys.Departure) -> JSONResponse:
    response = JSONResponse(JourneyOut(url=departure.url).model_dump())
    remember_journey(request, response, departure.browser_secret)
    return response


async def _person_signed_in(request: Request) -> UUID | None:
    try:
        principal = await authenticate_agent(request)
    except RapportError:
        return None
    return principal.actor.id if principal.actor.kind == "agent" else None


def _shown(ctx: Ctx, row: IdentityProvider) -> ProviderOut:
    return ProviderOut(
        id=row.id,
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        has_secret=row.secret is not None,
        email_domains=row.email_domains,
        joins_as=row.joins_as,
        checks_second_factor=row.checks_second_factor,
        is_enabled=row.is_enabled,
        redirect_uri=providers.redirect_uri(ctx.port(Settings), row.id),
    )
