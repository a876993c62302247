"""Queries about people, sessions, keys and teams of one workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from rapport.kernel.auth.errors import (
    ApiKeyNotFound,
    InvitationNotFound,
    MemberNotFound,
    SessionNotFound,
    TeamNotFound,
)
from rapport.kernel.auth.models import (
    ApiKey,
    Invitation,
    Membership,
    Session,
    SignInLink,
    Team,
    TeamMember,
    User,
)
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import Ctx
from rapport.kernel.errors import NotFound
from rapport.kernel.models import Workspace
from rapport.kernel.repository import Repository

_MEMBERS = (
    select(
        User.id,
        User.name,
        User.email,
        Membership.role,
        Membership.is_active,
        Membership.last_seen_at,
    )
    .join(User, User.id == Membership.user_id)
    .where(Membership.workspace_id == bindparam("workspace_id"))
)
_BY_EMAIL = _MEMBERS.where(func.lower(User.email) == func.lower(bindparam("email")))


@dataclass(frozen=True, slots=True)
class Member:
    """A membership together with its person."""

    id: UUID
    """The user's id, by which conversations name their assignee."""
    name: str
    email: str
    role: str
    is_active: bool
    last_seen_at: datetime | None


class WorkspaceRepository:
    """The workspace itself."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def mine(self) -> Workspace:
        """The workspace of this unit of work."""
        statement = select(Workspace).where(Workspace.id == self.ctx.workspace_id)
        return (await self.ctx.session.scalars(statement)).one()


class MembershipRepository(Repository[Membership]):
    """Who belongs to the workspace."""

    model = Membership
    missing: ClassVar[type[NotFound]] = MemberNotFound

    async def of(self, user_id: UUID, *, lock: bool = False) -> Membership:
        """A person's membership. Raises MemberNotFound."""
        found = await self.find_of(user_id, lock=lock)
        if found is None:
            raise MemberNotFound
        return found

    async def find_of(self, user_id: UUID, *, lock: bool = False) -> Membership | None:
        """A person's membership, active or not."""
        statement = self.select().where(Membership.user_id == user_id)
        if lock:
            statement = statement.with_for_update()
        row: Membership | None = await self.ctx.session.scalar(statement)
        return row

    async def lock_active_owners(self) -> Sequence[Membership]:
        """The active owners, locked, so that two of them cannot leave at once."""
        rows = await self.ctx.session.scalars(
            self.select()
            .where(Membership.role == Role.OWNER, Membership.is_active)
            .order_by(Membership.id)
            .with_for_update()
        )
        return rows.all()

    async def members(self) -> list[Member]:
        """Everybody, the active ones first, by name."""
        statement = _MEMBERS.order_by(Membership.is_active.desc(), func.lower(User.name), User.id)
        rows = await self.ctx.session.execute(statement, {"workspace_id": self.ctx.workspace_id})
        return [Member(**row._mapping) for row in rows]

    async def member(self, user_id: UUID) -> Member:
        """One of them. Raises MemberNotFound."""
        statement, mine = (
            _MEMBERS.where(User.id == user_id),
            {"workspace_id": self.ctx.workspace_id},
        )
        row = (await self.ctx.session.execute(statement, mine)).first()
        if row is None:
            raise MemberNotFound
        return Member(**row._mapping)

    async def by_email(self, email: str) -> Member | None:
        """The member with this address, active or not."""
        asked = {"workspace_id": self.ctx.workspace_id, "email": email}
        row = (await self.ctx.session.execute(_BY_EMAIL, asked)).first()
        return Member(**row._mapping) if row else None

    async def role_of_key(self, key_id: UUID) -> Role:
        """The role of an API key. Raises ApiKeyNotFound."""
        role = await self.ctx.session.scalar(
            select(ApiKey.role).where(
                ApiKey.workspace_id == self.ctx.workspace_id, ApiKey.id == key_id
            )
        )
        if role is None:
            raise ApiKeyNotFound
        return Role(role)

    async def user(self, user_id: UUID) -> User:
        """The person behind a membership. Raises MemberNotFound."""
        row: User | None = await self.ctx.session.scalar(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.workspace_id == self.ctx.workspace_id, User.id == user_id)
        )
        if row is None:
            raise MemberNotFound
        return row


class SessionRepository(Repository[Session]):
    """Signed-in browsers."""

    model = Session
    missing: ClassVar[type[NotFound]] = SessionNotFound

    async def live_of(self, user_id: UUID, *, idle: timedelta) -> Sequence[Session]:
        """A person's sessions that have not ended, the latest used first."""
        now = self.ctx.now()
        rows = await self.ctx.session.scalars(
            self.select()
            .where(
                Session.user_id == user_id,
                Session.expires_at > now,
                Session.last_seen_at > now - idle,
            )
            .order_by(Session.last_seen_at.desc(), Session.id)
        )
        return rows.all()

    async def by_digest(self, digest: bytes | None) -> Session | None:
        """The session that holds this token."""
        row: Session | None = await self.ctx.session.scalar(
            self.select().where(Session.digest == digest)
        )
        return row

    async def remove_by_digest(self, digest: bytes) -> None:
        """Delete the session that holds this token."""
        await self.ctx.session.execute(
            delete(Session).where(
                Session.workspace_id == self.ctx.workspace_id, Session.digest == digest
            )
        )

    async def remove_of(self, user_id: UUID, *, except_digest: bytes | None) -> None:
        """Delete a person's sessions, but for one."""
        statement = delete(Session).where(
            Session.workspace_id == self.ctx.workspace_id, Session.user_id == user_id
        )
        if except_digest is not None:
            statement = statement.where(Session.digest != except_digest)
        await self.ctx.session.execute(statement)


class SignInLinkRepository(Repository[SignInLink]):
    """One-time links."""

    model = SignInLink


class InvitationRepository(Repository[Invitation]):
    """Offers to join."""

    model = Invitation
    missing: ClassVar[type[NotFound]] = InvitationNotFound

    async def open(self) -> Sequence[Invitation]:
        """Those that can still be accepted, the latest first."""
        rows = await self.ctx.session.scalars(
            self.select()
            .where(Invitation.accepted_at.is_(None), Invitation.expires_at > self.ctx.now())
            .order_by(Invitation.created_at.desc(), Invitation.id.desc())
        )
        return rows.all()

    async def open_for(self, email: str) -> Invitation | None:
        """The invitation of an address that can still be accepted."""
        row: Invitation | None = await self.ctx.session.scalar(
            self.select()
            .where(
                func.lower(Invitation.email) == func.lower(email),
                Invitation.accepted_at.is_(None),
                Invitation.expires_at > self.ctx.now(),
            )
            .limit(1)
        )
        return row

    async def withdraw_for(self, email: str) -> None:
        """Delete the unanswered invitations of an address."""
        await self.ctx.session.execute(
            delete(Invitation).where(
                Invitation.workspace_id == self.ctx.workspace_id,
                func.lower(Invitation.email) == func.lower(email),
                Invitation.accepted_at.is_(None),
            )
        )

    async def accept(self, id: UUID) -> bool:  # noqa: A002
        """Mark an invitation as accepted; False when somebody was faster or it was withdrawn."""
        result = await self.ctx.session.execute(
            update(Invitation)
            .where(
                Invitation.workspace_id == self.ctx.workspace_id,
                Invitation.id == id,
                Invitation.accepted_at.is_(None),
                Invitation.expires_at > self.ctx.now(),
            )
            .values(accepted_at=self.ctx.now())
            .returning(Invitation.id)
        )
        return result.first() is not None


class ApiKeyRepository(Repository[ApiKey]):
    """Programs' ways in."""

    model = ApiKey
    missing: ClassVar[type[NotFound]] = ApiKeyNotFound

    async def all(self) -> Sequence[ApiKey]:
        """All keys, the latest first."""
        rows = await self.ctx.session.scalars(
            self.select().order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
        )
        return rows.all()


class TeamRepository(Repository[Team]):
    """Teams and who is in them."""

    model = Team
    missing: ClassVar[type[NotFound]] = TeamNotFound

    async def all(self) -> Sequence[Team]:
        """All teams, by name."""
        rows = await self.ctx.session.scalars(
            self.select().order_by(func.lower(Team.name), Team.id)
        )
        return rows.all()

    async def named(self, name: str) -> Team | None:
        """The team with this name, whatever its capitals."""
        row: Team | None = await self.ctx.session.scalar(
            self.select().where(func.lower(Team.name) == func.lower(name))
        )
        return row

    async def members(self) -> dict[UUID, list[UUID]]:
        """The members' user ids of every team that has any."""
        rows = await self.ctx.session.execute(
            select(TeamMember.team_id, TeamMember.user_id)
            .where(TeamMember.workspace_id == self.ctx.workspace_id)
            .order_by(TeamMember.user_id)
        )
        members: dict[UUID, list[UUID]] = {}
        for team_id, user_id in rows:
            members.setdefault(team_id, []).append(user_id)
        return members

    async def fill(self, team_id: UUID, user_ids: Sequence[UUID]) -> None:
        """Make these people, and nobody else, the members of a team."""
        await self.ctx.session.execute(
            delete(TeamMember).where(
                TeamMember.workspace_id == self.ctx.workspace_id, TeamMember.team_id == team_id
            )
        )
        for user_id in user_ids:
            self.ctx.session.add(
                TeamMember(
                    workspace_id=self.ctx.workspace_id,
                    team_id=team_id,
                    user_id=user_id,
                    created_at=self.ctx.now(),
                )
            )
        await self.ctx.session.flush()

    async def leave_all(self, user_id: UUID) -> None:
        """Take a person out of every team."""
        await self.ctx.session.execute(
            delete(TeamMember).where(
                TeamMember.workspace_id == self.ctx.workspace_id, TeamMember.user_id == user_id
            )
        )
