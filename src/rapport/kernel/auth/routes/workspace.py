"""The workspace and its settings."""

from typing import Annotated

from fastapi import APIRouter, Depends

from rapport.kernel.auth import profile
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.auth.schemas import WorkspaceIn, WorkspaceOut
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Permitted, problems
from rapport.kernel.settings.workspace import SettingsInvalid, UnknownSettings

router = APIRouter(prefix="/workspace", tags=["workspace"], route_class=AgentRoute)
routers = (router,)
CanRead = Annotated[Ctx, Depends(Permitted("workspace.read"))]
CanManage = Annotated[Ctx, Depends(Permitted("workspace.manage"))]


@router.get("", responses=problems(Forbidden))
async def get_workspace(ctx: CanRead) -> WorkspaceOut:
    """The workspace's name and settings."""
    return await profile.workspace(ctx)


@router.patch("", responses=problems(Forbidden, UnknownSettings, SettingsInvalid))
async def change_workspace(body: WorkspaceIn, ctx: CanManage) -> WorkspaceOut:
    """Change the name and the named settings; the rest stays, and it is all or nothing."""
    return await profile.change_workspace(ctx, name=body.name, settings=body.settings or {})
