"""People, how they prove who they are, and what they are in each workspace."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.ids import new_id
from rapport.kernel.models import Model, WorkspaceModel, reference

_ROLES = "role IN ('owner', 'admin', 'agent', 'light_agent')"


class User(Model):
    """A person, known by one e-mail address in whichever workspaces they are a member.

    Row-level security shows a workspace its own members only.
    """

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_email", text("lower(email)"), unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    name: Mapped[str]
    locale: Mapped[str | None]
    """A BCP 47 tag; null follows the workspace, then the browser."""
    theme: Mapped[str] = mapped_column(server_default="auto")
    last_signed_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Credential(Model):
    """A person's password. The application role cannot read this table, only ask functions."""

    __tablename__ = "credentials"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    password_hash: Mapped[str]
    changed_at: Mapped[datetime]


class PasswordReset(Model):
    """A request to choose a new password: for one hour, once. Closed to the application role."""

    __tablename__ = "password_resets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Membership(WorkspaceModel):
    """What a person is in a workspace. Never deleted: their messages keep their name."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("workspace_id", "user_id"),
        CheckConstraint(_ROLES, name="role_known"),
        Index("ix_memberships_user", "user_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    last_seen_at: Mapped[datetime | None]
    """To the minute."""


class Session(WorkspaceModel):
    """A signed-in browser. The cookie holds the token, this table its SHA-256."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(unique=True)
    user_agent: Mapped[str]
    ip: Mapped[str]
    last_seen_at: Mapped[datetime]
    """To the minute."""
    expires_at: Mapped[datetime]
    signed_in_by: Mapped[str] = mapped_column(server_default="")
    """What opened it: `password`, `password+code`, `passkey`, `link`, `oidc`, …"""
    is_limited: Mapped[bool] = mapped_column(server_default=text("false"))
    """It opens nothing until its person has set up the second factor they are asked for."""


class SignInLink(WorkspaceModel):
    """A link that signs one person in, once, without a password."""

    __tablename__ = "sign_in_links"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invitation(WorkspaceModel):
    """An offer to one e-mail address to join with a role: for 72 hours, once."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint(_ROLES, name="role_known"),)

    email: Mapped[str]
    role: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    invited_by: Mapped[UUID]
    """The user or API key that invited."""
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class ApiKey(WorkspaceModel):
    """A program's way in. The key itself is shown once and never stored."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint(_ROLES, name="role_known"),)

    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    role: Mapped[str]
    created_by: Mapped[UUID]
    last_used_at: Mapped[datetime | None]
    """To the minute."""


class Team(WorkspaceModel):
    """Members who share a queue."""

    __tablename__ = "teams"
    __table_args__ = (Index("uq_teams_name", "workspace_id", text("lower(name)"), unique=True),)

    name: Mapped[str]


class TeamMember(WorkspaceModel):
    """That a member belongs to a team."""

    __tablename__ = "team_members"
    __table_args__ = (
        UniqueConstraint("workspace_id", "team_id", "user_id"),
        reference("teams", "team_id", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["memberships.workspace_id", "memberships.user_id"]
        ),
    )

    team_id: Mapped[UUID]
    user_id: Mapped[UUID]


class SecondFactor(Model):
    """A person's authenticator application (RFC 6238). Closed to the application role.

    The secret is sealed with the data key of the workspace in which it was set up; it goes with it.
    """

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    sealed_for: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    secret: Mapped[str]
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The 30-second step of the last code that was accepted: no code works twice."""
    enabled_at: Mapped[datetime | None]
    """Null while it is being set up; it asks for nothing yet."""
    created_at: Mapped[datetime]


class RecoveryCode(Model):
    """One of ten codes that each stand in for the authenticator once. Closed like the above."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class Passkey(Model):
    """A WebAuthn credential of a person. Closed to the application role."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """Grows with each use where the authenticator counts; a copy falls behind and is refused."""
    name: Mapped[str]
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SignInChallenge(Model):
    """Something half done that its token continues, once, for minutes. Closed like the above."""

    __tablename__ = "sign_in_challenges"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    payload: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class KnownBrowser(Model):
    """A browser in which a person has signed in before: guesses from elsewhere do not stop it."""

    __tablename__ = "known_browsers"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    expires_at: Mapped[datetime]


class IdentityProvider(WorkspaceModel):
    """The OpenID provider that a workspace trusts to say who somebody is."""

    __tablename__ = "identity_providers"
    __table_args__ = (
        UniqueConstraint("workspace_id"),
        CheckConstraint("joins_as IN ('admin', 'agent', 'light_agent')", name="joins_as"),
    )

    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    secret: Mapped[str | None]
    """Sealed; null for a public client."""
    email_domains: Mapped[list[Any]]
    """Empty lets every domain in that the provider vouches for."""
    joins_as: Mapped[str | None]
    """The role of whoever comes for the first time; null lets in members and the invited only."""
    checks_second_factor: Mapped[bool]
    """Whether its word also counts as the second factor."""
    is_enabled: Mapped[bool]


class LinkedIdentity(WorkspaceModel):
    """Somebody at an identity provider who is a member of this workspace, and of this one only."""

    __tablename__ = "linked_identities"
    __table_args__ = (UniqueConstraint("workspace_id", "issuer", "subject"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str]
    last_used_at: Mapped[datetime | None]
