"""Who must agree before an action is done."""

from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel

from rapport.kernel.actions.registry import Action, Risk
from rapport.kernel.context import Ctx


class Verdict(StrEnum):
    """What the policy says about one call."""

    ALLOW = "allow"
    ASK = "ask"
    """Not before a person has agreed."""


class ApprovalPolicy(Protocol):
    """Decides over calls whose actor holds the permission; a port for a higher room to fill."""

    async def decide(self, ctx: Ctx, action: Action, arguments: BaseModel) -> Verdict:
        """The verdict on this very call."""


class PeopleDecide:
    """The policy where none is provided: people do what they may, machines nothing irreversible."""

    async def decide(self, ctx: Ctx, action: Action, arguments: BaseModel) -> Verdict:
        """See `ApprovalPolicy.decide`."""
        by_person = ctx.actor.kind in {"agent", "api_key"}
        return Verdict.ALLOW if by_person or action.risk != Risk.IRREVERSIBLE else Verdict.ASK
