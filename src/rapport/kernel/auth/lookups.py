"""Questions asked before a workspace is known, answered by SECURITY DEFINER functions.

Each function returns only what its caller has proved, by a token or a password, or needs for
checking one; the tables behind them stay closed to the application role.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Account:
    """A person and the hash of their password, if they have one."""

    user_id: UUID
    email: str
    name: str
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace in which a person is active."""

    workspace_id: UUID
    slug: str
    role: str


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that has not ended, and whose it is."""

    session_id: UUID
    workspace_id: UUID
    user_id: UUID
    name: str
    role: str
    is_limited: bool


@dataclass(frozen=True, slots=True)
class LiveKey:
    """An API key that has not been taken back."""

    key_id: UUID
    workspace_id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class RedeemedLink:
    """Whom a one-time link signs in, and where."""

    user_id: UUID
    workspace_id: UUID
    email: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that can still be accepted."""

    invitation_id: UUID
    workspace_id: UUID
    workspace_name: str
    email: str
    role: str
    expires_at: datetime
    has_account: bool


@dataclass(frozen=True, slots=True)
class FirstOwner:
    """The first owner of this installation."""

    workspace_id: UUID
    user_id: UUID
    email: str
    created: bool
    waiting: bool
    """They have never signed in."""


async def account(session: AsyncSession, email: str) -> Account | None:
    """Whoever has this e-mail address."""
    row = await _row(session, "SELECT * FROM auth_account(:email)", email=email)
    return Account(**row) if row else None


async def account_by_id(session: AsyncSession, user_id: UUID) -> Account | None:
    """The account with this id."""
    row = await _row(session, "SELECT * FROM auth_account_by_id(:user_id)", user_id=user_id)
    return Account(**row) if row else None


async def places(session: AsyncSession, user_id: UUID) -> list[Place]:
    """Where a person is active, the latest visited first."""
    rows = await session.execute(
        text("SELECT * FROM auth_memberships(:user_id)"), {"user_id": user_id}
    )
    return [Place(**row) for row in rows.mappings()]


async def workspaces(session: AsyncSession) -> list[Place]:
    """All workspaces of this installation, for its command line."""
    rows = await session.execute(text("SELECT * FROM auth_workspaces()"))
    return [Place(**row) for row in rows.mappings()]


async def create_user(
    session: AsyncSession,
    *,
    id: UUID,  # noqa: A002
    email: str,
    name: str,
    now: datetime,
) -> UUID:
    """Make an account, or find the one that has this address; its id."""
    row = await _row(
        session,
        "SELECT auth_create_user(:id, :email, :name, :now) AS id",
        id=id,
        email=email,
        name=name,
        now=now,
    )
    assert row is not None
    return UUID(str(row["id"]))


async def set_password(session: AsyncSession, user_id: UUID, hashed: str, now: datetime) -> None:
    """Store a new password hash; outstanding links and resets of the person end with it."""
    await _run(
        session,
        "SELECT auth_set_password(:user_id, :hashed, :now)",
        user_id=user_id,
        hashed=hashed,
        now=now,
    )


async def change_email(session: AsyncSession, user_id: UUID, email: str) -> bool:
    """Move an account to another address; False when another account has it."""
    row = await _row(
        session, "SELECT auth_change_email(:user_id, :email) AS done", user_id=user_id, email=email
    )
    return bool(row and row["done"])


async def rehash(session: AsyncSession, user_id: UUID, old: str, new: str) -> None:
    """Store the same password under stronger parameters, unless it was changed meanwhile."""
    await _run(
        session, "SELECT auth_rehash(:user_id, :old, :new)", user_id=user_id, old=old, new=new
    )


async def end_sessions(
    session: AsyncSession, user_id: UUID, *, except_digest: bytes | None = None
) -> None:
    """End a person's sessions in every workspace, but for one."""
    await _run(
        session,
        "SELECT auth_end_sessions(:user_id, CAST(:digest AS bytea))",
        user_id=user_id,
        digest=except_digest,
    )


async def signed_in(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """Note that a person has signed in."""
    await _run(session, "SELECT auth_signed_in(:user_id, :now)", user_id=user_id, now=now)


async def live_session(
    session: AsyncSession, digest: bytes, now: datetime, idle: timedelta
) -> LiveSession | None:
    """The session with this token; it and the membership are marked as seen, to the minute."""
    row = await _row(
        session,
        "SELECT * FROM auth_live_session(:digest, :now, :idle)",
        digest=digest,
        now=now,
        idle=idle,
    )
    return LiveSession(**row) if row else None


async def live_key(session: AsyncSession, digest: bytes, now: datetime) -> LiveKey | None:
    """The API key with this digest; it is marked as used, to the minute."""
    row = await _row(session, "SELECT * FROM auth_api_key(:digest, :now)", digest=digest, now=now)
    return LiveKey(**row) if row else None


async def redeem_link(session: AsyncSession, digest: bytes, now: datetime) -> RedeemedLink | None:
    """Use a one-time link up; None when it is unknown, used, expired or its owner is inactive."""
    row = await _row(
        session, "SELECT * FROM auth_redeem_link(:digest, :now)", digest=digest, now=now
    )
    return RedeemedLink(**row) if row else None


async def open_invitation(
    session: AsyncSession, digest: bytes, now: datetime
) -> OpenInvitation | None:
    """The invitation with this token, while it can be accepted."""
    row = await _row(
        session, "SELECT * FROM auth_invitation(:digest, :now)", digest=digest, now=now
    )
    return OpenInvitation(**row) if row else None


async def request_reset(
    session: AsyncSession,
    *,
    id: UUID,  # noqa: A002
    user_id: UUID,
    digest: bytes,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a request for a new password."""
    await _run(
        session,
        "SELECT auth_request_reset(:id, :user_id, :digest, :now, :expires_at)",
        id=id,
        user_id=user_id,
        digest=digest,
        now=now,
        expires_at=expires_at,
    )


async def reset_email(session: AsyncSession, digest: bytes, now: datetime) -> str | None:
    """Whose password a reset token may change, while it is valid."""
    row = await _row(session, "SELECT * FROM auth_reset(:digest, :now)", digest=digest, now=now)
    return str(row["email"]) if row else None


async def redeem_reset(session: AsyncSession, digest: bytes, now: datetime) -> UUID | None:
    """Use a reset token up; whose it was."""
    row = await _row(
        session, "SELECT auth_redeem_reset(:digest, :now) AS id", digest=digest, now=now
    )
    return UUID(str(row["id"])) if row and row["id"] else None


async def first_owner(session: AsyncSession, **values: Any) -> FirstOwner | None:
    """The first owner, made together with a workspace when there is no user at all."""
    row = await _row(
        session,
        "SELECT * FROM auth_first_owner"
        "(:workspace_id, :workspace, :slug, :user_id, :email, :name, :now)",
        **values,
    )
    return FirstOwner(**row) if row else None


async def sweep(session: AsyncSession, now: datetime, idle: timedelta) -> None:
    """Delete what has expired: sessions, links, resets, rate limits."""
    await _run(session, "SELECT auth_sweep(:now, :idle)", now=now, idle=idle)


async def _row(session: AsyncSession, sql: str, **values: Any) -> Mapping[str, Any] | None:
    result = await session.execute(text(sql), values)
    row = result.mappings().first()
    return dict(row) if row else None


async def _run(session: AsyncSession, sql: str, **values: Any) -> None:
    await session.execute(text(sql), values)
