"""Members who share a queue."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rapport.kernel.auth import teams
from rapport.kernel.auth.errors import MemberNotFound, TeamNameTaken, TeamNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.auth.schemas import TeamIn, TeamMembersIn, TeamOut
from rapport.kernel.auth.teams import FilledTeam
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Permitted, problems

router = APIRouter(prefix="/teams", tags=["teams"], route_class=AgentRoute)
routers = (router,)
CanRead = Annotated[Ctx, Depends(Permitted("members.read"))]
CanManage = Annotated[Ctx, Depends(Permitted("teams.manage"))]


@router.get("", response_model=list[TeamOut], responses=problems(Forbidden))
async def list_teams(ctx: CanRead) -> list[FilledTeam]:
    """All teams with their members, by name."""
    return await teams.everything(ctx)


@router.post("", status_code=201, response_model=TeamOut, responses=problems(TeamNameTaken))
async def create_team(body: TeamIn, ctx: CanManage) -> FilledTeam:
    """Make a team without members."""
    return await teams.create(ctx, name=body.name)


@router.patch("/{team_id}", response_model=TeamOut, responses=problems(TeamNotFound, TeamNameTaken))
async def rename_team(team_id: UUID, body: TeamIn, ctx: CanManage) -> FilledTeam:
    """Call a team something else."""
    return await teams.rename(ctx, team_id, name=body.name)


@router.put(
    "/{team_id}/members", response_model=TeamOut, responses=problems(TeamNotFound, MemberNotFound)
)
async def fill_team(team_id: UUID, body: TeamMembersIn, ctx: CanManage) -> FilledTeam:
    """Make exactly these members the team."""
    return await teams.fill(ctx, team_id, body.user_ids)


@router.delete("/{team_id}", status_code=204, responses=problems(TeamNotFound))
async def remove_team(team_id: UUID, ctx: CanManage) -> None:
    """Dissolve a team; its members stay members."""
    await teams.remove(ctx, team_id)
