"""How one signs in oneself: authenticator, recovery codes, passkeys, connected identities."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from rapport.kernel.auth import confirmation, passkeys, second_factor, security
from rapport.kernel.auth.errors import (
    CodeRefused,
    ConfirmationNeeded,
    IdentityNotFound,
    PasskeyKnown,
    PasskeyNotFound,
    PasskeyRefused,
    PasskeysImpossible,
    PeopleOnly,
    SecondFactorExists,
    SecondFactorMissing,
    SecondFactorRequired,
    SignInRefused,
)
from rapport.kernel.auth.http import SetUpRoute, current_digest, database_of, require_person
from rapport.kernel.auth.oidc import identities
from rapport.kernel.auth.second_factor import SetUp
from rapport.kernel.auth.security_schemas import (
    ConfirmIn,
    DisableIn,
    EnableIn,
    PasskeyIn,
    PasskeyNameIn,
    PasskeyOptionsOut,
    PasskeyOut,
    RecoveryCodesOut,
    SecurityOut,
    SetUpOut,
)
from rapport.kernel.auth.vault import KnownPasskey
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Overloaded, TooMany
from rapport.kernel.http import problems, signed_in

router = APIRouter(prefix="/me", tags=["me"], route_class=SetUpRoute)
routers = (router,)
SignedIn = Annotated[Ctx, Depends(signed_in)]
CONFIRMED = (PeopleOnly, SignInRefused, ConfirmationNeeded, TooMany, Overloaded)


@router.get("/security", responses=problems(PeopleOnly))
async def get_my_security(ctx: SignedIn, request: Request) -> SecurityOut:
    """How one signs in oneself."""
    require_person(ctx)
    return await security.mine(ctx, session_digest=current_digest(request))


@router.post(
    "/second-factor",
    response_model=SetUpOut,
    responses=problems(*CONFIRMED, SecondFactorExists),
)
async def begin_second_factor(body: ConfirmIn, ctx: SignedIn, request: Request) -> SetUp:
    """Begin to set up an authenticator. It asks for nothing until a code has been given."""
    await _confirm(ctx, request, body)
    return await second_factor.begin(ctx)


@router.post(
    "/second-factor/enable",
    responses=problems(PeopleOnly, CodeRefused, SecondFactorMissing, TooMany),
)
async def enable_second_factor(body: EnableIn, ctx: SignedIn, request: Request) -> RecoveryCodesOut:
    """Ask for codes from now on. One's other sessions end; the recovery codes are shown once."""
    require_person(ctx)
    codes = await second_factor.enable(
        ctx, database_of(request), body.code, session_digest=current_digest(request)
    )
    return RecoveryCodesOut(codes=codes)


@router.post(
    "/second-factor/disable",
    status_code=204,
    responses=problems(*CONFIRMED, CodeRefused, SecondFactorMissing, SecondFactorRequired),
)
async def disable_second_factor(body: DisableIn, ctx: SignedIn, request: Request) -> None:
    """Ask for codes no more; passkeys stay."""
    await _confirm(ctx, request, body)
    await second_factor.disable(ctx, database_of(request), body.code)


@router.post("/second-factor/recovery-codes", responses=problems(*CONFIRMED, SecondFactorMissing))
async def renew_recovery_codes(
    body: ConfirmIn, ctx: SignedIn, request: Request
) -> RecoveryCodesOut:
    """Make ten new recovery codes, shown once; former ones end."""
    await _confirm(ctx, request, body)
    return RecoveryCodesOut(codes=await second_factor.renew_codes(ctx))


@router.post("/passkeys/options", responses=problems(*CONFIRMED, PasskeysImpossible, PasskeyKnown))
async def offer_passkey(body: ConfirmIn, ctx: SignedIn, request: Request) -> PasskeyOptionsOut:
    """What a browser needs to make a passkey; good for five minutes, once."""
    await _confirm(ctx, request, body)
    return PasskeyOptionsOut(options=await passkeys.offer_set_up(ctx, database_of(request)))


@router.post(
    "/passkeys",
    status_code=201,
    response_model=PasskeyOut,
    responses=problems(PeopleOnly, PasskeyRefused, PasskeyKnown, PasskeysImpossible),
)
async def add_passkey(body: PasskeyIn, ctx: SignedIn, request: Request) -> KnownPasskey:
    """Keep the passkey that the browser has made."""
    require_person(ctx)
    return await passkeys.add(
        ctx,
        database_of(request),
        name=body.name,
        credential=body.credential,
        session_digest=current_digest(request),
    )


@router.patch(
    "/passkeys/{passkey_id}", status_code=204, responses=problems(PeopleOnly, PasskeyNotFound)
)
async def rename_passkey(passkey_id: UUID, body: PasskeyNameIn, ctx: SignedIn) -> None:
    """Call a passkey something else."""
    require_person(ctx)
    await passkeys.rename(ctx, passkey_id, body.name)


@router.delete(
    "/passkeys/{passkey_id}",
    status_code=204,
    responses=problems(PeopleOnly, PasskeyNotFound, SecondFactorRequired),
)
async def revoke_passkey(passkey_id: UUID, ctx: SignedIn) -> None:
    """Forget a passkey; it opens nothing any more."""
    require_person(ctx)
    await passkeys.revoke(ctx, passkey_id)


@router.delete(
    "/identities/{identity_id}", status_code=204, responses=problems(PeopleOnly, IdentityNotFound)
)
async def disconnect_identity(identity_id: UUID, ctx: SignedIn) -> None:
    """Take an identity off; it opens nothing any more."""
    require_person(ctx)
    await identities.disconnect(ctx, identity_id)


async def _confirm(ctx: Ctx, request: Request, body: ConfirmIn) -> None:
    require_person(ctx)
    await confirmation.require(
        ctx,
        database_of(request),
        password=body.password.get_secret_value() if body.password else None,
        session_digest=current_digest(request),
    )
