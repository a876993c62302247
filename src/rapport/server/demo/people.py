"""The demo shop's colleagues, teams and customers as rows."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from rapport.customers.models import Company
from rapport.kernel.auth.models import Team, TeamMember
from rapport.kernel.context import Ctx
from rapport.kernel.folding import fold
from rapport.server.demo import content
from rapport.server.demo.cast import Person
from rapport.server.demo.ids import Ids
from rapport.server.demo.repository import DemoRepository
from rapport.server.demo.rows import Row, Rows

Colleagues = Sequence[tuple[UUID, str]]


async def colleagues(ctx: Ctx, repository: DemoRepository, ids: Ids) -> Colleagues:
    """Five members without a password: they could ask for one by e-mail, like anybody."""
    now = ctx.now()
    found = []
    for agent in content.people().agents:
        since = now - timedelta(days=400)
        user_id = await repository.user(ids.at(since), agent.email, agent.name, since)
        await repository.member(user_id, agent.role, now)
        found.append((user_id, agent.name))
    return found


async def teams(
    ctx: Ctx, repository: DemoRepository, ids: Ids, members: Colleagues, owner: UUID
) -> dict[str, UUID]:
    """Two teams; the owner belongs to the first. Their ids by name."""
    now = ctx.now()
    found = {name: ids.at(now) for name in content.people().teams}
    await repository.insert(
        Team, [{"id": id_, "name": name, "created_at": now} for name, id_ in found.items()]
    )
    belonging = [
        (found[agent.team], id_)
        for agent, (id_, _) in zip(content.people().agents, members, strict=True)
    ]
    belonging.append((found[content.people().teams[0]], owner))
    await repository.insert(
        TeamMember,
        [
            {"id": ids.at(now), "team_id": team, "user_id": user, "created_at": now}
            for team, user in belonging
        ],
    )
    return found


async def write_customers(
    ctx: Ctx, repository: DemoRepository, ids: Ids, cast: Sequence[Person], rows: Rows
) -> None:
    """Write customers with companies and addresses, and when they were last here."""
    now = ctx.now()
    companies = {name: ids.at(now) for name in content.people().companies}
    await repository.insert(
        Company,
        [
            {"id": id_, "name": name, "domain": None, "attributes": {}, "created_at": now}
            for name, id_ in companies.items()
        ],
    )
    await repository.write_customers(
        [_customer(person, companies, rows) for person in cast],
        [
            {
                "id": person.identity_id,
                "customer_id": person.id,
                "channel": "email",
                "address": person.email,
                "verified": person.attributes["orders"] > 1,
                "created_at": person.created_at,
            }
            for person in cast
        ],
    )


def _customer(person: Person, companies: dict[str, UUID], rows: Rows) -> Row:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "phone": None,
        "company_id": companies[person.company] if person.company else None,
        "locale": person.locale,
        "timezone": person.timezone,
        "attributes": person.attributes | {"city": person.city},
        "verified": person.attributes["orders"] > 1,
        "first_seen_at": person.created_at,
        "last_seen_at": rows.last_seen.get(person.id, person.created_at),
        "conversation_count": rows.counts.get(person.id, 0),
        "search_text": fold(f"{person.name} {person.email}"),
        "created_at": person.created_at,
    }
