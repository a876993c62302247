"""Second factors, passkeys and challenges: closed tables, reached by SECURITY DEFINER functions.

Like `lookups`, for what belongs to a person and not to one workspace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has beyond a password."""

    has_code: bool
    """An authenticator application is enabled."""
    passkeys: int
    recovery_codes: int
    """How many are left."""
    enabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class SealedFactor:
    """An authenticator's secret, sealed for a workspace."""

    sealed_for: UUID
    secret: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """A passkey as its person sees it."""

    id: UUID
    credential_id: bytes
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PasskeyOwner:
    """Whose passkey it is, and what checks its signatures."""

    id: UUID
    user_id: UUID
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a token continues."""

    user_id: UUID | None
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """An identity provider as the sign-in page shows it."""

    id: UUID
    workspace_id: UUID
    name: str


async def factors(session: AsyncSession, user_id: UUID) -> Factors:
    """What this person can prove themselves by, beyond a password."""
    row = await _one(session, "SELECT * FROM auth_factors(:user_id)", user_id=user_id)
    return Factors(**row)


async def second_factor(session: AsyncSession, user_id: UUID) -> SealedFactor | None:
    """Their authenticator, enabled or being set up."""
    row = await _row(session, "SELECT * FROM auth_second_factor(:user_id)", user_id=user_id)
    return SealedFactor(**row) if row else None


async def begin_second_factor(
    session: AsyncSession, user_id: UUID, *, sealed_for: UUID, secret: str, now: datetime
) -> bool:
    """Keep a secret that is not in use yet; False when one is in use."""
    return await _flag(
        session,
        "SELECT auth_begin_second_factor(:user_id, :sealed_for, :secret, :now) AS done",
        user_id=user_id,
        sealed_for=sealed_for,
        secret=secret,
        now=now,
    )


async def enable_second_factor(
    session: AsyncSession, user_id: UUID, *, step: int, now: datetime
) -> bool:
    """Ask for codes from now on, later ones than `step`; False when there is nothing to enable."""
    return await _flag(
        session,
        "SELECT auth_enable_second_factor(:user_id, :step, :now) AS done",
        user_id=user_id,
        step=step,
        now=now,
    )


async def end_second_factor(session: AsyncSession, user_id: UUID) -> None:
    """Forget the authenticator, the recovery codes, and whatever is half done."""
    await _one(session, "SELECT auth_end_second_factor(:user_id)", user_id=user_id)


async def use_step(session: AsyncSession, user_id: UUID, step: int) -> bool:
    """Use the code of a step up; False when it, or a later one, was used before."""
    return await _flag(
        session, "SELECT auth_use_step(:user_id, :step) AS done", user_id=user_id, step=step
    )


async def renew_recovery_codes(
    session: AsyncSession, user_id: UUID, digests: Sequence[bytes]
) -> None:
    """Make these the recovery codes; former ones end."""
    await _one(
        session,
        "SELECT auth_renew_recovery_codes(:user_id, :digests)",
        user_id=user_id,
        digests=list(digests),
    )


async def use_recovery_code(
    session: AsyncSession, user_id: UUID, digest: bytes, now: datetime
) -> bool:
    """Use a recovery code up; False when it is none, or was used before."""
    return await _flag(
        session,
        "SELECT auth_use_recovery_code(:user_id, :digest, :now) AS done",
        user_id=user_id,
        digest=digest,
        now=now,
    )


async def add_passkey(session: AsyncSession, **values: Any) -> bool:
    """Keep a passkey; False when this credential is known already."""
    return await _flag(
        session,
        "SELECT auth_add_passkey(:id, :user_id, :credential_id, :public_key, :sign_count, :name,"
        " :now) AS done",
        **values,
    )


async def passkeys(session: AsyncSession, user_id: UUID) -> list[KnownPasskey]:
    """A person's passkeys, the oldest first."""
    rows = await session.execute(
        text("SELECT * FROM auth_passkeys(:user_id)"), {"user_id": user_id}
    )
    return [KnownPasskey(**row) for row in rows.mappings()]


async def passkey(session: AsyncSession, credential_id: bytes) -> PasskeyOwner | None:
    """The passkey with this credential id."""
    row = await _row(session, "SELECT * FROM auth_passkey(:id)", id=credential_id)
    return PasskeyOwner(**row) if row else None


async def use_passkey(
    session: AsyncSession, passkey_id: UUID, *, before: int, after: int, now: datetime
) -> bool:
    """Note a use; False when another use has moved the counter meanwhile."""
    return await _flag(
        session,
        "SELECT auth_use_passkey(:id, :before, :after, :now) AS done",
        id=passkey_id,
        before=before,
        after=after,
        now=now,
    )


async def rename_passkey(session: AsyncSession, user_id: UUID, passkey_id: UUID, name: str) -> bool:
    """Call a passkey something else; False when the person has no such one."""
    return await _flag(
        session,
        "SELECT auth_rename_passkey(:user_id, :id, :name) AS done",
        user_id=user_id,
        id=passkey_id,
        name=name,
    )


async def remove_passkeys(
    session: AsyncSession, user_id: UUID, passkey_id: UUID | None = None
) -> int:
    """Forget one passkey of a person, or all; how many there were."""
    row = await _one(
        session,
        "SELECT auth_remove_passkeys(:user_id, CAST(:id AS uuid)) AS removed",
        user_id=user_id,
        id=passkey_id,
    )
    return int(row["removed"])


async def keep_challenge(
    session: AsyncSession,
    digest: bytes,
    kind: str,
    *,
    user_id: UUID | None,
    payload: dict[str, Any],
    expires_at: datetime,
) -> None:
    """Remember something half done until `expires_at`."""
    await _one(
        session,
        "SELECT auth_keep_challenge(:digest, :kind, CAST(:user_id AS uuid),"
        " CAST(:payload AS jsonb), :expires_at)",
        digest=digest,
        kind=kind,
        user_id=user_id,
        payload=msgspec.json.encode(payload).decode(),
        expires_at=expires_at,
    )


async def challenge(
    session: AsyncSession, digest: bytes, kind: str, now: datetime
) -> Challenge | None:
    """What is half done, left as it is."""
    row = await _row(
        session,
        "SELECT * FROM auth_challenge(:digest, :kind, :now)",
        digest=digest,
        kind=kind,
        now=now,
    )
    return Challenge(**row) if row else None


async def redeem_challenge(
    session: AsyncSession, digest: bytes, kind: str, now: datetime
) -> Challenge | None:
    """What is half done, used up; None when it is unknown, used or too old."""
    row = await _row(
        session,
        "SELECT * FROM auth_redeem_challenge(:digest, :kind, :now)",
        digest=digest,
        kind=kind,
        now=now,
    )
    return Challenge(**row) if row else None


async def knows_browser(session: AsyncSession, email: str, digest: bytes, now: datetime) -> bool:
    """Whether the person with this address has signed in in this browser before."""
    return await _flag(
        session,
        "SELECT auth_knows_browser(:email, :digest, :now) AS done",
        email=email,
        digest=digest,
        now=now,
    )


async def know_browser(
    session: AsyncSession, digest: bytes, user_id: UUID, expires_at: datetime
) -> None:
    """Remember that a person has signed in in this browser."""
    await _one(
        session,
        "SELECT auth_know_browser(:digest, :user_id, :expires_at)",
        digest=digest,
        user_id=user_id,
        expires_at=expires_at,
    )


async def doors(session: AsyncSession, slug: str | None) -> list[Door]:
    """The providers of a workspace; unnamed, those of the only one there is."""
    rows = await session.execute(
        text("SELECT * FROM auth_identity_providers(CAST(:slug AS text))"), {"slug": slug}
    )
    return [Door(**row) for row in rows.mappings()]


async def workspace_of_provider(session: AsyncSession, provider_id: UUID) -> UUID | None:
    """The workspace of a provider that may be used."""
    row = await _one(session, "SELECT auth_identity_provider(:id) AS id", id=provider_id)
    return UUID(str(row["id"])) if row["id"] else None


async def _row(session: AsyncSession, sql: str, **values: Any) -> Mapping[str, Any] | None:
    result = await session.execute(text(sql), values)
    row = result.mappings().first()
    return dict(row) if row else None


async def _one(session: AsyncSession, sql: str, **values: Any) -> Mapping[str, Any]:
    row = await _row(session, sql, **values)
    assert row is not None, "this function answers with one row"
    return row


async def _flag(session: AsyncSession, sql: str, **values: Any) -> bool:
    return bool((await _one(session, sql, **values))["done"])
