"""Ways in besides the password, and the second step. Nobody is signed in yet."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from rapport.kernel.auth import passkeys, sign_in, vault
from rapport.kernel.auth.errors import (
    CodeRefused,
    ForeignOrigin,
    PasskeyRefused,
    PasskeysImpossible,
    TicketInvalid,
)
from rapport.kernel.auth.http import admit, browser_of, database_of, require_same_origin
from rapport.kernel.auth.schemas import SignedInOut
from rapport.kernel.auth.security_schemas import (
    CodeIn,
    DoorOut,
    PasskeyOptionsOut,
    PasskeySignInIn,
    WaysOut,
)
from rapport.kernel.auth.sign_in import SignedIn
from rapport.kernel.errors import TooMany
from rapport.kernel.http import problems
from rapport.kernel.settings.process import Settings

router = APIRouter(prefix="/auth", tags=["auth"])
routers = (router,)


@router.get("/ways")
async def list_ways_in(
    request: Request, workspace: Annotated[str | None, Query(max_length=100)] = None
) -> WaysOut:
    """How one can sign in here. Where there are several workspaces, name one to see its own."""
    database = database_of(request)
    async with database.connect() as session:
        doors = await vault.doors(session, workspace)
    party = passkeys.relying_party(database.ports.get(Settings))
    return WaysOut(
        passkeys=party is not None,
        providers=[DoorOut.model_validate(door) for door in doors],
    )


@router.post(
    "/second-factor",
    response_model=SignedInOut,
    responses=problems(CodeRefused, TicketInvalid, ForeignOrigin, TooMany),
)
async def sign_in_with_code(body: CodeIn, request: Request, response: Response) -> SignedIn:
    """Finish signing in with a code of the authenticator, or with a recovery code."""
    require_same_origin(request, must_say=False)
    signed_in = await sign_in.with_code(
        database_of(request), ticket=body.ticket, code=body.code, browser=browser_of(request)
    )
    admit(request, response, signed_in)
    return signed_in


@router.post("/passkey/options", responses=problems(PasskeysImpossible, ForeignOrigin, TooMany))
async def offer_passkey_sign_in(request: Request) -> PasskeyOptionsOut:
    """What a browser needs to sign in with a passkey; good for five minutes, once."""
    require_same_origin(request, must_say=False)
    options = await passkeys.offer_sign_in(database_of(request), browser=browser_of(request))
    return PasskeyOptionsOut(options=options)


@router.post(
    "/passkey",
    response_model=SignedInOut,
    responses=problems(PasskeyRefused, PasskeysImpossible, ForeignOrigin, TooMany),
)
async def sign_in_with_passkey(
    body: PasskeySignInIn, request: Request, response: Response
) -> SignedIn:
    """Sign in with a passkey whose device has checked its person: both factors at once."""
    require_same_origin(request, must_say=False)
    signed_in = await passkeys.sign_in(
        database_of(request),
        credential=body.credential,
        workspace=body.workspace,
        browser=browser_of(request),
    )
    admit(request, response, signed_in)
    return signed_in
