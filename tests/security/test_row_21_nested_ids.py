"""Row 21: a reference inside a body is looked up in the caller's own workspace, like the path."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from rapport.kernel.auth import teams
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.make.auth import browser, person
from tests.server.furniture import Furnished, fingerprint


@pytest.fixture
async def theirs(app: FastAPI, database: Database, stranger: UUID) -> dict[str, str]:
    """One of each thing that bodies name, in another workspace."""
    someone = await person(database, stranger)
    async with browser(app, someone) as client:
        tag = (await client.post("/v1/tags", json={"name": "Theirs"})).json()["id"]
        shelf = (await client.post("/v1/collections", json={"name": "Theirs"})).json()["id"]
        inbox = (await client.post("/v1/inboxes", json={"name": "Theirs"})).json()["id"]
        sent = {"file": ("a.txt", b"hello", "text/plain")}
        file = (await client.post("/v1/files", files=sent)).json()["id"]
    async with database.begin(stranger, SYSTEM) as ctx:
        team = await teams.create(ctx, name="Theirs")
    return {
        "tag": tag,
        "collection": shelf,
        "inbox": inbox,
        "file": file,
        "team": str(team.id),
        "user": str(someone.id),
    }


async def test_row_21_no_nested_id_of_another_workspace_is_taken(
    app: FastAPI, database_url: str, furnished: Furnished, theirs: dict[str, str]
) -> None:
    ours = furnished.things
    conversation = f"/v1/conversations/{ours['conversation_id']}"
    message = {"client_id": str(new_id()), "kind": "note", "body": "Hello"}
    ids = [ours["conversation_id"]]
    tried: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", f"{conversation}/assignee", {"assignee_id": theirs["user"]}),
        ("PUT", f"{conversation}/team", {"team_id": theirs["team"]}),
        ("PUT", f"{conversation}/tags", {"tag_ids": [theirs["tag"]]}),
        ("POST", f"{conversation}/messages", message | {"attachment_ids": [theirs["file"]]}),
        (
            "POST",
            "/v1/articles",
            {"title": "A", "body": "B", "collection_id": theirs["collection"]},
        ),
        ("PATCH", f"/v1/articles/{ours['article_id']}", {"collection_id": theirs["collection"]}),
        ("POST", "/v1/collections", {"name": "A", "parent_id": theirs["collection"]}),
        ("PUT", f"/v1/teams/{ours['team_id']}/members", {"user_ids": [theirs["user"]]}),
        ("POST", "/v1/assistant/try", {"inbox_id": theirs["inbox"], "question": "Hello?"}),
        *(
            ("POST", "/v1/conversations/bulk", {"ids": ids, "action": action, **field})
            for action, field in (
                ("assign", {"assignee_id": theirs["user"]}),
                ("team", {"team_id": theirs["team"]}),
                ("tag", {"tag_ids": [theirs["tag"]]}),
            )
        ),
    ]
    before = fingerprint(database_url, furnished.workspace_id)

    taken = []
    async with browser(app, furnished.owner) as owner:
        for method, path, body in tried:
            answer = await owner.request(method, path, json=body)
            if answer.status_code not in {400, 403, 404, 409, 422}:
                taken.append(f"{method} {path} {body} → {answer.status_code}")

    assert taken == []
    assert fingerprint(database_url, furnished.workspace_id) == before
