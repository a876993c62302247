"""Solved conversations by HTTP: who may do what, what is recorded, what strangers see."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.ai.solved.routes import router
from rapport.kernel import jobs
from rapport.kernel.audit import service as audit
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.ai.solved.conftest import LAMP, RESET, Desk
from tests.make.auth import browser, person, routes_alone

URL = "/v1/assistant/solved"
OFF = {
    "is_on": False,
    "inbox_ids": [],
    "audience": "internal",
    "after_days": 14,
    "is_reviewed": True,
    "most": 1_000,
}


@pytest.fixture
def app(database: Database) -> FastAPI:
    """The routes alone."""
    return routes_alone(database, router)


@pytest.fixture
async def client(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's browser."""
    async with browser(app, await person(database, workspace)) as client:
        yield client


def on(desk: Desk, **wanted: Any) -> dict[str, Any]:
    """Settings of who uses them."""
    return {**OFF, "is_on": True, "inbox_ids": [str(desk.inbox.id)], **wanted}


async def test_an_administrator_opts_in_and_people_review(
    app: FastAPI, client: httpx.AsyncClient, database: Database, workspace: UUID, desk: Desk
) -> None:
    before = (await client.get(f"{URL}/settings")).json()
    chosen = await client.put(f"{URL}/settings", json=on(desk))
    talks = [await desk.solve(), await desk.solve(LAMP, "Hold the lamp and take the key out.")]
    await desk.take()
    async with browser(app, await person(database, workspace)) as later:
        page = (await later.get(URL, params={"limit": 1})).json()
        rest = (await later.get(URL, params={"limit": 1, "cursor": page["next"]})).json()
        approved = await later.post(f"{URL}/{talks[0].id}/approve")
        again = await later.post(f"{URL}/{talks[0].id}/approve")
        rejected = await later.post(f"{URL}/{talks[1].id}/reject")
        alike = await later.post(f"{URL}/similar", json={"text": LAMP, "k": 3})
        status = (await later.get(f"{URL}/status")).json()
        removed = await later.delete(f"{URL}/{talks[0].id}")
        one = (await later.get(f"{URL}/{talks[0].id}")).json()

    assert before == OFF
    assert chosen.json() == on(desk)
    assert [row["id"] for row in (*page["items"], *rest["items"])] == [
        str(talk.id) for talk in reversed(talks)
    ]
    assert rest["next"] is None
    assert (approved.status_code, approved.json()["state"]) == (200, "in_use")
    assert (again.status_code, again.json()["code"]) == (409, "solved_decided")
    assert (rejected.json()["state"], rejected.json()["reason"]) == ("refused", "rejected")
    assert [(it["conversation_id"], it["answer"]) for it in alike.json()] == [
        (str(talks[0].id), RESET)
    ]
    assert status["in_use"] == {"count": 1, "capped": False}
    assert (status["state"], status["is_on"]) == ("never", True)
    assert removed.status_code == 204
    assert (one["state"], one["reason"], one["answer"]) == ("refused", "removed", "")


async def test_decisions_are_recorded(
    app: FastAPI, client: httpx.AsyncClient, database: Database, workspace: UUID, desk: Desk
) -> None:
    await client.put(f"{URL}/settings", json=on(desk))
    talk, other = await desk.solve(), await desk.solve(LAMP, "Hold the lamp, take the key out.")
    await desk.take()
    async with browser(app, await person(database, workspace)) as later:
        async with jobs.serving(database):
            started = await later.post(f"{URL}/start")
            twice = await later.post(f"{URL}/start")
        cancelled = await later.post(f"{URL}/cancel")
        nothing = await later.post(f"{URL}/cancel")
        await later.post(f"{URL}/{talk.id}/approve")
        await later.post(f"{URL}/{other.id}/reject")
        await later.delete(f"{URL}/{talk.id}")
    async with desk.begin() as ctx:
        deeds = await audit.page(ctx, audit.Wanted(), before=None, limit=50)

    assert (started.json()["state"], started.json()["total"]) == ("running", 2)
    assert (twice.status_code, twice.json()["code"]) == (409, "taking_under_way")
    assert cancelled.json()["state"] == "stopping"
    assert (nothing.status_code, nothing.json()["code"]) == (409, "taking_not_under_way")
    verbs = [deed.verb for deed in reversed(deeds)]
    assert [verb for verb in verbs if verb.startswith(("solved.", "settings."))] == [
        "settings.changed",
        "solved.started",
        "solved.cancelled",
        "solved.approved",
        "solved.rejected",
        "solved.removed",
    ]


async def test_what_is_wrong_is_refused(client: httpx.AsyncClient, desk: Desk) -> None:
    unknown = await client.put(f"{URL}/settings", json=on(desk, inbox_ids=[str(new_id())]))
    wrong = await client.put(f"{URL}/settings", json=on(desk, after_days=0))
    off = await client.post(f"{URL}/start")
    cursor = await client.get(URL, params={"cursor": "nonsense"})

    assert (unknown.status_code, unknown.json()["code"]) == (404, "inbox_not_found")
    assert wrong.status_code == 422
    assert (off.status_code, off.json()["code"]) == (409, "solved_off")
    assert (cursor.status_code, cursor.json()["code"]) == (400, "cursor_malformed")


@pytest.mark.parametrize(
    ("role", "reviews", "manages"),
    [(Role.LIGHT_AGENT, 403, 403), (Role.AGENT, 200, 403), (Role.ADMIN, 200, 200)],
)
async def test_everybody_reads_agents_review_and_administrators_decide(
    app: FastAPI,
    database: Database,
    workspace: UUID,
    desk: Desk,
    role: Role,
    reviews: int,
    manages: int,
) -> None:
    await desk.use(is_reviewed=True)
    talk = await desk.solve()
    await desk.take()

    async with browser(app, await person(database, workspace, role)) as client:
        read = [
            (await client.get(f"{URL}{path}")).status_code
            for path in ("", "/settings", "/status", f"/{talk.id}")
        ]
        alike = (await client.post(f"{URL}/similar", json={"text": LAMP})).status_code
        decided = (await client.post(f"{URL}/{talk.id}/approve")).status_code
        managed = (await client.put(f"{URL}/settings", json=on(desk))).status_code

    assert {*read, alike} == {200}
    assert (decided, managed) == (reviews, manages)


async def test_a_stranger_finds_nothing(
    app: FastAPI, database: Database, stranger: UUID, desk: Desk
) -> None:
    await desk.use(is_reviewed=True)
    talk = await desk.solve()
    await desk.take()
    one = f"{URL}/{talk.id}"

    async with browser(app, await person(database, stranger)) as other:
        found = [
            await other.get(one),
            await other.post(f"{one}/approve"),
            await other.post(f"{one}/reject"),
            await other.delete(one),
            await other.put(f"{URL}/settings", json=on(desk)),
        ]
        settings = (await other.get(f"{URL}/settings")).json()
        listed = (await other.get(URL)).json()["items"]
        alike = (await other.post(f"{URL}/similar", json={"text": LAMP})).json()
        status = (await other.get(f"{URL}/status")).json()

    assert {answer.status_code for answer in found} == {404}
    assert (settings, listed, alike) == (OFF, [], [])
    assert (status["waiting"]["count"], status["is_on"]) == (0, False)
