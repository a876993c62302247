"""Members who share a queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.auth.errors import MemberNotFound, TeamNameTaken
from rapport.kernel.auth.events import TeamChanged
from rapport.kernel.auth.repository import MembershipRepository, TeamRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events.log import emit


@dataclass(frozen=True, slots=True)
class FilledTeam:
    """A team and who is in it."""

    id: UUID
    name: str
    member_ids: Sequence[UUID]


async def everything(ctx: Ctx) -> list[FilledTeam]:
    """All teams, by name."""
    teams = TeamRepository(ctx)
    members = await teams.members()
    return [FilledTeam(t.id, t.name, members.get(t.id, [])) for t in await teams.all()]


async def create(ctx: Ctx, *, name: str) -> FilledTeam:
    """A new, empty team.

    Raises:
        TeamNameTaken: another team has this name.
    """
    teams = TeamRepository(ctx)
    if await teams.named(name):
        raise TeamNameTaken
    row = await teams.add(name=name)
    await _announce(ctx, row.id, "team.created", row.name)
    return FilledTeam(row.id, row.name, [])


async def rename(ctx: Ctx, team_id: UUID, *, name: str) -> FilledTeam:
    """Call a team something else.

    Raises:
        TeamNotFound: no such team here.
        TeamNameTaken: another team has this name.
    """
    teams = TeamRepository(ctx)
    row = await teams.get(team_id, lock=True)
    namesake = await teams.named(name)
    if namesake is not None and namesake.id != team_id:
        raise TeamNameTaken
    was, row.name = row.name, name
    await ctx.session.flush()
    await _announce(ctx, team_id, "team.renamed", name, was=was)
    return FilledTeam(row.id, row.name, (await teams.members()).get(row.id, []))


async def fill(ctx: Ctx, team_id: UUID, user_ids: Sequence[UUID]) -> FilledTeam:
    """Make exactly these active members the team.

    Raises:
        TeamNotFound: no such team here.
        MemberNotFound: one of them is not an active member of this workspace.
    """
    teams = TeamRepository(ctx)
    row = await teams.get(team_id, lock=True)
    wanted = sorted(set(user_ids))
    active = {m.id for m in await MembershipRepository(ctx).members() if m.is_active}
    if not active.issuperset(wanted):
        raise MemberNotFound
    await teams.fill(team_id, wanted)
    await _announce(ctx, team_id, "team.filled", row.name, members=len(wanted))
    return FilledTeam(row.id, row.name, wanted)


async def remove(ctx: Ctx, team_id: UUID) -> None:
    """Dissolve a team; its members stay members.

    Raises:
        TeamNotFound: no such team here.
    """
    teams = TeamRepository(ctx)
    row = await teams.get(team_id, lock=True)
    await teams.remove(row)
    await _announce(ctx, team_id, "team.removed", row.name, removed=True)


async def _announce(
    ctx: Ctx, team_id: UUID, verb: str, name: str, *, removed: bool = False, **details: object
) -> None:
    await emit(ctx, TeamChanged(team_id=team_id, removed=removed), subject=team_id)
    await audit.record(ctx, verb, subject=f"team:{team_id}", name=name, details=details)
