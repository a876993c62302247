"""Row 15: what somebody wrote is nobody's to change, not even by another verb."""

import httpx
import pytest
from fastapi import FastAPI

from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from tests.make.auth import browser, person
from tests.security.attempts import OPERATIONS
from tests.server.furniture import Furnished


def test_no_operation_changes_or_removes_a_message() -> None:
    changing = [
        str(o)
        for o in OPERATIONS
        if "/messages" in o.path and o.method in {"PUT", "PATCH", "DELETE"}
    ]

    assert changing == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("role", [Role.OWNER, Role.AGENT])
async def test_a_note_stays_as_it_was_written(
    app: FastAPI, database: Database, furnished: Furnished, method: str, role: Role
) -> None:
    someone = await person(database, furnished.workspace_id, role)
    thread = f"/v1/conversations/{furnished.things['conversation_id']}/messages"
    async with browser(app, someone) as client:
        before = await notes(client, thread)
        for address in (thread, f"{thread}/{furnished.things['message_id']}", f"{thread}/2"):
            answer = await client.request(method, address, json={"body": "changed"})
            assert answer.status_code in {404, 405}
        after = await notes(client, thread)

    assert before == after
    assert furnished.canary in before


async def notes(client: httpx.AsyncClient, thread: str) -> list[str]:
    items = (await client.get(thread)).json()["items"]
    return [it["body"] for it in items if it["kind"] == "note"]
