"""Things half done, continued by a token: a sign-in that waits for its second factor, a passkey
that is asked to sign, a journey to an identity provider. Each token works once, for minutes.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from rapport.kernel.auth import vault
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.database.engine import Database

TICKET: Final = "ticket"
PASSKEY_SIGN_IN: Final = "passkey_sign_in"
PASSKEY_SET_UP: Final = "passkey_set_up"
JOURNEY: Final = "journey"


async def issue(
    database: Database,
    kind: str,
    *,
    lifetime: timedelta,
    user_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
    token: str | None = None,
) -> str:
    """Remember `payload` under a new token, or under the one given; the token."""
    token = token or new_token()
    async with database.connect() as session:
        await vault.keep_challenge(
            session,
            digest(token),
            kind,
            user_id=user_id,
            payload=payload or {},
            expires_at=database.now() + lifetime,
        )
    return token


async def look(database: Database, kind: str, token: str) -> vault.Challenge | None:
    """What a token continues; it stays good."""
    async with database.connect() as session:
        return await vault.challenge(session, digest(token), kind, database.now())


async def redeem(database: Database, kind: str, token: str) -> vault.Challenge | None:
    """What a token continues, once; None when it is unknown, used or too old."""
    async with database.connect() as session:
        return await vault.redeem_challenge(session, digest(token), kind, database.now())
