"""The agent API of attribute definitions."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rapport.customers.attributes import service as attributes
from rapport.customers.attributes.models import AttributeDefinition
from rapport.customers.attributes.schemas import (
    AttributeDefinitionIn,
    AttributeDefinitionOut,
    AttributeDefinitionPatch,
)
from rapport.customers.errors import AttributeInvalid, AttributeNotFound, AttributeTaken
from rapport.customers.permissions import MANAGE
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Permitted, problems

router = APIRouter(prefix="/customer-attributes", tags=["customers"], route_class=AgentRoute)
CanRead = Annotated[Ctx, Depends(Permitted("customers.read"))]
CanManage = Annotated[Ctx, Depends(Permitted(MANAGE))]


@router.get("", response_model=list[AttributeDefinitionOut])
async def list_customer_attributes(ctx: CanRead) -> Sequence[AttributeDefinition]:
    """Which attributes customers have here."""
    return await attributes.everything(ctx)


@router.post(
    "",
    status_code=201,
    response_model=AttributeDefinitionOut,
    responses=problems(Forbidden, AttributeTaken, AttributeInvalid),
)
async def define_customer_attribute(
    body: AttributeDefinitionIn, ctx: CanManage
) -> AttributeDefinition:
    """Define an attribute."""
    return await attributes.define(ctx, body)


@router.patch(
    "/{attribute_id}",
    response_model=AttributeDefinitionOut,
    responses=problems(Forbidden, AttributeNotFound, AttributeInvalid),
)
async def change_customer_attribute(
    attribute_id: UUID, body: AttributeDefinitionPatch, ctx: CanManage
) -> AttributeDefinition:
    """Change how an attribute is called, what may be chosen, where it stands."""
    return await attributes.change(ctx, attribute_id, body)


@router.delete("/{attribute_id}", status_code=204, responses=problems(Forbidden, AttributeNotFound))
async def remove_customer_attribute(attribute_id: UUID, ctx: CanManage) -> None:
    """Forget a definition; values stay."""
    await attributes.remove(ctx, attribute_id)
