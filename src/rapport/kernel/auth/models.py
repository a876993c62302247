"""People, how they prove who they are, and what they are in each workspace."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
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
