"""A code from an authenticator application (TOTP, RFC 6238), and recovery codes in its place."""

import base64
import hmac
import io
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp

from rapport.kernel import limits
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import lookups, notices, sessions, vault
from rapport.kernel.auth.errors import (
    CodeRefused,
    SecondFactorExists,
    SecondFactorMissing,
    SecondFactorRequired,
    SignInRefused,
)
from rapport.kernel.auth.policy import is_second_factor_required
from rapport.kernel.auth.principals import announce_end
from rapport.kernel.auth.tokens import digest
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.secrets import service as secrets

PURPOSE = "auth.second_factor"
STEP_S = 30
DRIFT_STEPS = 1
"""A clock may be wrong by half a minute either way."""
RECOVERY_CODES = 10
BY_PERSON = limits.Guessing(
    # Whoever gets here knows the password. 96 codes a day find one of a million in 10 years.
    "second_factor:person",
    free=5,
    first_delay=timedelta(seconds=1),
    longest_delay=timedelta(minutes=15),
    lock_after=1_000_000,
    lock_for=timedelta(minutes=15),
    forget_after=timedelta(hours=24),
)


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an authenticator needs; shown once."""

    secret: str
    """Base32, to type in where no camera is at hand."""
    uri: str
    qr_svg: str


async def begin(ctx: Ctx) -> SetUp:
    """Make a secret that asks for nothing until `enable`; doing it again replaces it.

    Raises:
        SecondFactorExists: an authenticator is in use.
    """
    account = await lookups.account_by_id(ctx.session, ctx.actor.id)
    assert account is not None, "an agent is somebody with an account"
    secret = pyotp.random_base32()
    sealed = await secrets.seal(ctx, PURPOSE, secret)
    begun = await vault.begin_second_factor(
        ctx.session, account.user_id, sealed_for=ctx.workspace_id, secret=sealed, now=ctx.now()
    )
    if not begun:
        raise SecondFactorExists
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name="Rapport")
    # Imported only here: it takes 2.5 MB in each process, and is needed once per person.
    import segno  # noqa: PLC0415

    drawing = io.BytesIO()
    segno.make(uri, error="m").save(drawing, kind="svg", scale=5, light="white", xmldecl=False)
    return SetUp(secret, uri, drawing.getvalue().decode())


async def enable(
    ctx: Ctx, database: Database, code: str, *, session_digest: bytes | None
) -> list[str]:
    """Ask for codes from now on, once one fits; ten recovery codes, shown once.

    The actor's other sessions end: they were opened with less.

    Raises:
        SecondFactorMissing: nothing was begun.
        CodeRefused: it does not fit.
        TooMany: too many wrong codes.
    """
    user_id = ctx.actor.id
    sealed = await vault.second_factor(ctx.session, user_id)
    if sealed is None or sealed.is_enabled:
        raise SecondFactorMissing
    await limits.guess(database, (BY_PERSON, str(user_id)))
    step = matching_step(await _open(database, sealed), code, ctx.now())
    if step is None:
        raise CodeRefused
    await limits.right(database, (BY_PERSON, str(user_id)))
    if not await vault.enable_second_factor(ctx.session, user_id, step=step, now=ctx.now()):
        raise SecondFactorMissing
    codes = await _new_codes(ctx)
    await sessions.strengthen(ctx, session_digest)
    await lookups.end_sessions(ctx.session, user_id, except_digest=session_digest)
    await announce_end(ctx, user_id)
    await notices.tell(ctx, user_id, notices.CODE_ENABLED)
    await audit.record(ctx, "second_factor.enabled", subject=f"user:{user_id}", details={})
    return codes


async def check(database: Database, user_id: UUID, code: str) -> str:
    """Use a code up: `code`, or `recovery_code` when it was one of those.

    Raises:
        CodeRefused: it does not fit, or was used before.
        TooMany: too many wrong codes.
    """
    await limits.guess(database, (BY_PERSON, str(user_id)))
    async with database.connect() as session:
        sealed = await vault.second_factor(session, user_id)
    if sealed is None or not sealed.is_enabled:
        raise CodeRefused
    step = matching_step(await _open(database, sealed), code, database.now())
    async with database.connect() as session:
        if step is not None:
            fits = await vault.use_step(session, user_id, step)
        else:
            key = recovery_digest(user_id, code)
            fits = await vault.use_recovery_code(session, user_id, key, database.now())
    if not fits:
        raise CodeRefused
    await limits.right(database, (BY_PERSON, str(user_id)))
    return "code" if step is not None else "recovery_code"


async def renew_codes(ctx: Ctx) -> list[str]:
    """Ten new recovery codes, shown once; former ones end.

    Raises:
        SecondFactorMissing: no authenticator is in use.
    """
    await _in_use(ctx)
    codes = await _new_codes(ctx)
    await audit.record(ctx, "recovery_codes.renewed", subject=f"user:{ctx.actor.id}", details={})
    return codes


async def disable(ctx: Ctx, database: Database, code: str) -> None:
    """Ask the actor for no codes any more; passkeys stay.

    Raises:
        SecondFactorMissing: no authenticator is in use.
        SecondFactorRequired: the workspace asks for a second factor, and there is no other.
        CodeRefused: the code does not fit.
        TooMany: too many wrong codes.
    """
    factors = await _in_use(ctx)
    if not factors.passkeys and await is_second_factor_required(ctx):
        raise SecondFactorRequired
    await check(database, ctx.actor.id, code)
    await vault.end_second_factor(ctx.session, ctx.actor.id)
    await notices.tell(ctx, ctx.actor.id, notices.CODE_DISABLED)
    await audit.record(ctx, "second_factor.disabled", subject=f"user:{ctx.actor.id}", details={})


async def reset_for(database: Database, *, email: str) -> None:
    """Take somebody's authenticator, recovery codes and passkeys away, from the command line.

    Their sessions end everywhere.

    Raises:
        SignInRefused: there is no such account.
    """
    async with database.connect() as session:
        account = await lookups.account(session, email)
        if account is None:
            raise SignInRefused("There is no account with this address.")
        places = await lookups.places(session, account.user_id)
        await vault.end_second_factor(session, account.user_id)
        await vault.remove_passkeys(session, account.user_id)
        await lookups.end_sessions(session, account.user_id)
    for place in places:
        async with database.begin(place.workspace_id, SYSTEM) as ctx:
            await announce_end(ctx, account.user_id)
            await notices.tell(ctx, account.user_id, notices.RESET_BY_ADMINISTRATOR)
            subject = f"user:{account.user_id}"
            await audit.record(ctx, "second_factor.reset", subject=subject, details={})


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step whose code this is, if it is one around `now`."""
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdecimal():
        return None
    generator, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    steps = range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1)
    fitting = [s for s in steps if hmac.compare_digest(generator.generate_otp(s), digits)]
    return fitting[-1] if fitting else None


def recovery_digest(user_id: UUID, code: str) -> bytes:
    """What is stored of a recovery code, however it is typed. 80 random bits need no slow hash."""
    plain = "".join(each for each in code.upper() if each.isalnum())
    return digest(f"{user_id}:{plain}")


async def _new_codes(ctx: Ctx) -> list[str]:
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    digests = [recovery_digest(ctx.actor.id, code) for code in codes]
    await vault.renew_recovery_codes(ctx.session, ctx.actor.id, digests)
    return codes


def _recovery_code() -> str:
    text = base64.b32encode(os.urandom(10)).decode()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


async def _in_use(ctx: Ctx) -> vault.Factors:
    factors = await vault.factors(ctx.session, ctx.actor.id)
    if not factors.has_code:
        raise SecondFactorMissing
    return factors


async def _open(database: Database, sealed: vault.SealedFactor) -> str:
    async with database.begin(sealed.sealed_for, SYSTEM) as ctx:
        return await secrets.open(ctx, PURPOSE, sealed.secret)
