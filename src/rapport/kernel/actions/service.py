"""Doing actions."""

import hashlib
from typing import Any

from pydantic import BaseModel

from rapport.kernel.actions import registry, results
from rapport.kernel.actions.errors import ActionNeedsApproval, KeyReused
from rapport.kernel.actions.policy import ApprovalPolicy, PeopleDecide, Verdict
from rapport.kernel.actions.registry import Action, Risk
from rapport.kernel.actions.repository import ActionRunRepository
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden


async def perform(
    ctx: Ctx, name: str, arguments: dict[str, Any], *, key: str | None = None
) -> BaseModel:
    """Check and run one action.

    With an idempotency `key` the action is done once: the same key answers the first result, also
    while the first call is still under way in another process. A call that fails leaves no trace,
    so its key may be tried again.

    Raises:
        UnknownAction: no room or enabled pack registered it.
        Forbidden: the actor lacks its permission.
        ActionNeedsApproval: the policy wants a person to agree first.
        KeyReused: the key belongs to a call with other arguments.
        ResultErased: it was done, and what came of it was erased with the customer since.
        pydantic.ValidationError: the arguments do not fit its signature.
    """
    wanted = registry.find(name)
    if wanted.permission not in ctx.actor.permissions:
        raise Forbidden(f"{name!r} needs the permission {wanted.permission!r}.")
    parsed = wanted.arguments.model_validate(arguments)
    policy = ctx.ports.find(ApprovalPolicy) or PeopleDecide()
    if await policy.decide(ctx, wanted, parsed) is Verdict.ASK:
        raise ActionNeedsApproval(f"{name!r} needs a person's approval.")
    if key is None:
        return await _run(ctx, wanted, parsed)
    run, ours = await ActionRunRepository(ctx).claim(name, key, _hash(parsed))
    if run.arguments_hash != _hash(parsed):
        raise KeyReused
    if not ours:
        return await results.read(ctx, wanted, run)
    result = await _run(ctx, wanted, parsed)
    await results.keep(ctx, run, parsed, result)
    return result


async def _run(ctx: Ctx, action: Action, arguments: BaseModel) -> BaseModel:
    result = await action.function(ctx, **dict(arguments))
    if action.risk is not Risk.READS:
        details: dict[str, object] = {"arguments": _told(arguments)}
        await audit.record(
            ctx, "action.performed", subject=f"action:{action.name}", details=details
        )
    return result


def _told(arguments: BaseModel) -> dict[str, Any]:
    """The arguments without what somebody wrote: choices, ids and numbers."""
    fields = type(arguments).model_fields
    return {
        name: value if "Literal" in str(fields[name].annotation) else audit.shape_of(value)
        for name, value in arguments.model_dump().items()
    }


def _hash(arguments: BaseModel) -> str:
    return hashlib.sha256(arguments.model_dump_json().encode()).hexdigest()
