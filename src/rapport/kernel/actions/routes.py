"""Actions over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ValidationError

from rapport.kernel.actions import registry, service
from rapport.kernel.actions.errors import (
    ActionNeedsApproval,
    ArgumentsInvalid,
    KeyReused,
    ResultErased,
    UnknownAction,
)
from rapport.kernel.actions.schemas import ActionOut, PerformedOut, PerformIn
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Authenticate, problems, signed_in, work_route

SignedIn = Annotated[Ctx, Depends(signed_in)]


async def list_actions(ctx: SignedIn) -> list[ActionOut]:
    """The actions you may perform."""
    return [
        ActionOut(
            name=action.name,
            description=action.description,
            risk=action.risk,
            permission=action.permission,
            arguments=action.arguments.model_json_schema(),
            result=action.result.model_json_schema(),
        )
        for action in registry.registered()
        if action.permission in ctx.actor.permissions
    ]


async def perform_action(name: str, body: PerformIn, ctx: SignedIn) -> PerformedOut:
    """Perform an action; with an idempotency key, once."""
    try:
        result = await service.perform(ctx, name, body.arguments, key=body.idempotency_key)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise ArgumentsInvalid("; ".join(faults)) from error
    return PerformedOut(result=result.model_dump(mode="json"))


def router(authenticate: Authenticate) -> APIRouter:
    """The routes under `/actions`, for whoever `authenticate` recognises."""
    routes = APIRouter(prefix="/actions", tags=["actions"], route_class=work_route(authenticate))
    routes.get("")(list_actions)
    refusals = problems(
        Forbidden, UnknownAction, ActionNeedsApproval, KeyReused, ResultErased, ArgumentsInvalid
    )
    routes.post("/{name}", responses=refusals)(perform_action)
    return routes
