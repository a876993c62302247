from uuid import UUID

import httpx

import rapport.kernel.auth.presenters  # noqa: F401 - registers them
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events.log import BEGINNING, of_workspace
from rapport.kernel.realtime.presenters import present
from tests.make.auth import Person, person


async def shown(database: Database, workspace: UUID) -> dict[str, object]:
    """What a console that heard every event of the workspace would hold."""
    state: dict[str, object] = {}
    async with database.begin(workspace, SYSTEM) as ctx:
        for delivery in await present(ctx, await of_workspace(ctx, BEGINNING)):
            for kind, value in delivery.body.items():
                dumped = value if isinstance(value, str) else value.model_dump(mode="json")
                if kind == "deleted_id":
                    state.pop(f"team:{dumped}", None)
                else:
                    state[f"{kind}:{dumped['id']}"] = dumped  # type: ignore[index]
    return state


async def test_applying_the_events_gives_what_a_fresh_fetch_gives(
    owner_browser: httpx.AsyncClient, owner: Person, database: Database, workspace: UUID
) -> None:
    other = await person(database, workspace, Role.AGENT)
    gone = (await owner_browser.post("/v1/teams", json={"name": "Gone"})).json()
    team = (await owner_browser.post("/v1/teams", json={"name": "Returns"})).json()
    path = f"/v1/teams/{team['id']}/members"
    await owner_browser.put(path, json={"user_ids": [str(other.id)]})
    await owner_browser.delete(f"/v1/teams/{gone['id']}")
    await owner_browser.patch(f"/v1/members/{other.id}", json={"role": "admin"})
    await owner_browser.patch("/v1/me", json={"name": "Olga Other"})
    await owner_browser.patch("/v1/workspace", json={"settings": {"general": {"locale": "ar"}}})
    await owner_browser.patch("/v1/workspace", json={"name": "Another name"})

    state = await shown(database, workspace)

    fetched = {
        **{f"member:{m['id']}": m for m in (await owner_browser.get("/v1/members")).json()},
        **{f"team:{t['id']}": t for t in (await owner_browser.get("/v1/teams")).json()},
        f"workspace:{workspace}": (await owner_browser.get("/v1/workspace")).json(),
    }
    assert state == fetched
