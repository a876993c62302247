"""How changes of people, teams and settings reach open consoles: on the topic "workspace"."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rapport.kernel.auth import members, profile, teams
from rapport.kernel.auth.schemas import MemberOut, TeamOut
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents

TOPIC = "workspace"


async def present_people(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """Current rows under `member` or `team`; of a team that is gone, its id under `deleted_id`."""
    people = {m.id: MemberOut.model_validate(m) for m in await members.everybody(ctx)}
    groups = {t.id: TeamOut.model_validate(t) for t in await teams.everything(ctx)}
    deliveries = []
    for record in records:
        body: Mapping[str, Any] | None = None
        if "team_id" in record.payload:
            team_id = UUID(record.payload["team_id"])
            team = groups.get(team_id)
            body = {"team": team} if team is not None else {"deleted_id": str(team_id)}
        elif "user_id" in record.payload:
            member = people.get(UUID(record.payload["user_id"]))
            body = None if member is None else {"member": member}
        if body is not None:
            deliveries.append(Delivery(record, TOPIC, body))
    return deliveries


async def present_settings(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """The whole workspace with its settings, under `workspace`."""
    body = {"workspace": await profile.workspace(ctx)}
    return [Delivery(record, TOPIC, body) for record in records]


presents("auth.", present_people)
presents("settings.", present_settings)
