"""What came of an action, kept for whoever repeats it: sealed, where it is about somebody."""

import json
from typing import Final

from pydantic import BaseModel

from rapport.kernel.actions.errors import ResultErased
from rapport.kernel.actions.models import ActionRun
from rapport.kernel.actions.registry import Action
from rapport.kernel.context import Ctx
from rapport.kernel.personal import rooms
from rapport.kernel.secrets import vault

PURPOSE: Final = "actions.result"


async def keep(ctx: Ctx, run: ActionRun, arguments: BaseModel, result: BaseModel) -> None:
    """Keep the result of a run; sealed for the thing its arguments name, if they name one."""
    told = result.model_dump(mode="json")
    thing = rooms.owner_of(arguments)
    if thing is not None:
        told = {"sealed": await vault.seal(ctx, thing, PURPOSE, json.dumps(told))}
    run.result = told
    await ctx.session.flush()


async def read(ctx: Ctx, action: Action, run: ActionRun) -> BaseModel:
    """The result that `keep` was given.

    Raises:
        ResultErased: what it was about has been erased since.
    """
    told = run.result or {}
    if "sealed" in told:
        opened = await vault.open(ctx, PURPOSE, told["sealed"])
        if opened is None:
            raise ResultErased
        told = json.loads(opened)
    return action.result.model_validate(told)
