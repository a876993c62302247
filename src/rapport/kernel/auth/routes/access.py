"""Ways in: password, one-time link, reset. Nobody is signed in yet."""

from fastapi import APIRouter, BackgroundTasks, Request, Response

from rapport.kernel.auth import resets, sign_in
from rapport.kernel.auth.errors import (
    ForeignOrigin,
    LinkInvalid,
    PasswordTooWeak,
    SecondFactorNeeded,
    SignInRefused,
)
from rapport.kernel.auth.http import admit, browser_of, database_of, require_same_origin
from rapport.kernel.auth.schemas import (
    AcceptedOut,
    LinkIn,
    ResetConfirmIn,
    ResetIn,
    SignedInOut,
    SignInIn,
)
from rapport.kernel.auth.sign_in import SignedIn
from rapport.kernel.errors import Overloaded, TooMany
from rapport.kernel.http import problems
from rapport.kernel.i18n.texts import negotiate

router = APIRouter(prefix="/auth", tags=["auth"])
routers = (router,)


@router.post(
    "/sign-in",
    response_model=SignedInOut,
    responses=problems(SignInRefused, SecondFactorNeeded, ForeignOrigin, TooMany, Overloaded),
)
async def sign_in_with_password(body: SignInIn, request: Request, response: Response) -> SignedIn:
    """Sign in with an e-mail address and a password; the session is in the cookie."""
    require_same_origin(request, must_say=False)
    signed_in = await sign_in.with_password(
        database_of(request),
        email=body.email.strip(),
        password=body.password.get_secret_value(),
        workspace=body.workspace,
        browser=browser_of(request),
    )
    admit(request, response, signed_in)
    return signed_in


@router.post(
    "/link",
    response_model=SignedInOut,
    responses=problems(LinkInvalid, SecondFactorNeeded, ForeignOrigin, TooMany),
)
async def sign_in_with_link(body: LinkIn, request: Request, response: Response) -> SignedIn:
    """Sign in with a one-time link, which is used up."""
    require_same_origin(request, must_say=False)
    signed_in = await sign_in.with_link(
        database_of(request), token=body.token, browser=browser_of(request)
    )
    admit(request, response, signed_in)
    return signed_in


@router.post(
    "/password-reset",
    status_code=202,
    response_model=AcceptedOut,
    responses=problems(ForeignOrigin, TooMany),
)
async def request_password_reset(
    body: ResetIn, request: Request, background: BackgroundTasks
) -> AcceptedOut:
    """Ask for a letter with a reset link. The answer does not tell whether there is an account.

    An installation without a mail server keeps the letter in its data folder, where an
    administrator finds it.
    """
    require_same_origin(request, must_say=False)
    database, email = database_of(request), body.email.strip()
    await resets.admit(database, email=email, browser=browser_of(request))
    locale = negotiate(accept_language=request.headers.get("accept-language"))
    background.add_task(resets.write_to, database, email=email, locale=locale)
    return AcceptedOut(accepted=True)


@router.post(
    "/password-reset/confirm",
    status_code=204,
    responses=problems(LinkInvalid, PasswordTooWeak, ForeignOrigin, TooMany, Overloaded),
)
async def confirm_password_reset(body: ResetConfirmIn, request: Request) -> None:
    """Choose a new password with a reset token. All sessions of the person end."""
    require_same_origin(request, must_say=False)
    await resets.confirm(
        database_of(request),
        token=body.token,
        password=body.password.get_secret_value(),
        browser=browser_of(request),
    )
