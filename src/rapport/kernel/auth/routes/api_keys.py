"""Programs' ways in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rapport.kernel.auth import api_keys
from rapport.kernel.auth.errors import ApiKeyNotFound, RoleTooHigh
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.auth.models import ApiKey
from rapport.kernel.auth.schemas import ApiKeyIn, ApiKeyOut, NewApiKeyOut
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Permitted, problems

router = APIRouter(prefix="/api-keys", tags=["api-keys"], route_class=AgentRoute)
routers = (router,)
CanManage = Annotated[Ctx, Depends(Permitted("api_keys.manage"))]


@router.get("", response_model=list[ApiKeyOut], responses=problems(Forbidden))
async def list_api_keys(ctx: CanManage) -> list[ApiKey]:
    """All keys, the latest first; a key itself is never shown again."""
    return list(await api_keys.everything(ctx))


@router.post("", status_code=201, responses=problems(RoleTooHigh))
async def create_api_key(body: ApiKeyIn, ctx: CanManage) -> NewApiKeyOut:
    """Make a key; this answer is the only one that shows it."""
    row, key = await api_keys.create(ctx, name=body.name, role=body.role)
    return NewApiKeyOut(**ApiKeyOut.model_validate(row).model_dump(), key=key)


@router.delete("/{key_id}", status_code=204, responses=problems(ApiKeyNotFound, RoleTooHigh))
async def revoke_api_key(key_id: UUID, ctx: CanManage) -> None:
    """Take a key back."""
    await api_keys.revoke(ctx, key_id)
