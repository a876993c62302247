"""Nothing of an erased customer is left, wherever it was; and all of it was in their export."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from fastapi import FastAPI

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.personal import Rooms, rooms
from rapport.kernel.privacy.forgetting import close, erase_all
from tests.conftest import Clock
from tests.make.auth import browser, person
from tests.security.canaries import Nest, build, dump, lying_about, unpacked

REPLACED = {"said-name", "said-email", "proved-name", "proved-email"}
"""What was known once and is not any more; no search may find it either."""
UNTOLD = {"client-id"}
"""A technical name that a person has no use for."""


@pytest.fixture
async def nest(
    app: FastAPI, database: Database, workspace: UUID, clock: Clock
) -> AsyncIterator[Nest]:
    owner = await person(database, workspace)
    async with browser(app, owner) as client:
        yield await build(database, workspace, client, clock)


async def erase(nest: Nest) -> dict[str, object]:
    """Ask as the owner does, and let the worker do it."""
    who = await nest.call("GET", f"/privacy/people/{nest.customer_id}")
    body = {
        "person_id": str(nest.customer_id),
        "confirmation": who["label"],
        "reason": "asked",
    }
    asked = await nest.call("POST", "/privacy/erasures", json=body)
    await nest.work()
    done: dict[str, object] = await nest.call("GET", f"/privacy/erasures/{asked['id']}")
    assert done["status"] == "done", done
    await nest.listen()
    return done


def remains(nest: Nest, database_url: str, data_dir: Path) -> list[str]:
    """Where the canary is still found."""
    word = nest.canary.word.encode()
    found = [
        line.decode(errors="replace")[:300]
        for line in dump(database_url).split(b"\n")
        if word in line.lower()
    ]
    return found + [
        str(path)
        for path, content in lying_about(data_dir).items()
        if word in content.lower() or nest.canary.word in path.name
    ]


async def test_everything_known_about_a_customer_is_in_their_export(nest: Nest) -> None:
    asked = await nest.call("POST", "/privacy/exports", json={"person_id": str(nest.customer_id)})
    await nest.work()
    made = await nest.call("GET", f"/privacy/exports/{asked['id']}")
    link = await nest.call("POST", f"/privacy/exports/{asked['id']}/link")
    archive = await nest.client.get(link["url"])

    members = unpacked(archive.content)
    everything = b"\n".join([*members.values(), "\n".join(members).encode()]).decode(
        errors="replace"
    )
    missing = [
        place
        for place in nest.canary.places
        if f"{nest.canary.word}x{place}x" not in everything and place not in UNTOLD | REPLACED
    ]

    assert made["status"] == "ready"
    assert missing == []
    assert "README.txt" in members


async def test_nothing_of_an_erased_customer_is_left(
    nest: Nest, database_url: str, data_dir: Path
) -> None:
    asked = await nest.call("POST", "/privacy/exports", json={"person_id": str(nest.customer_id)})
    await nest.work()
    assert len(remains(nest, database_url, data_dir)) > 20

    done = await erase(nest)

    assert remains(nest, database_url, data_dir) == []
    assert done["counts"]["conversations.conversations"] == 4  # type: ignore[index]
    gone = await nest.call("GET", f"/privacy/exports/{asked['id']}")
    assert gone["status"] == "gone"
    with psycopg.connect(database_url) as owner:
        row = owner.execute(
            "SELECT last_seq, tag_ids, status FROM conversations WHERE id = %s",
            (nest.conversation_id,),
        ).fetchone()
    assert row is not None
    assert row[0] > 5
    assert row[1:] == ([nest.tag_id], "resolved")


async def test_no_room_may_be_left_out(nest: Nest, database_url: str, data_dir: Path) -> None:
    await nest.call("POST", "/privacy/exports", json={"person_id": str(nest.customer_id)})
    await nest.work()
    async with nest.database.begin(nest.workspace_id, SYSTEM) as ctx:
        things = await rooms.things_of(ctx, frozenset([nest.customer_id]))
        await close(ctx, rooms, things)
    left = len(remains(nest, database_url, data_dir))
    idle = []
    for room in rooms:
        async with nest.database.begin(nest.workspace_id, SYSTEM) as ctx:
            await erase_all(ctx, Rooms({room.key: room}), things)
        now = len(remains(nest, database_url, data_dir))
        if now == left:
            idle.append(room.key)
        left = now

    assert remains(nest, database_url, data_dir) == []
    known = [
        "audit",
        "gaps",
        "models",
        "recurring",
        "secrets",
        "solved",
        "triage",
        "triage_models",
        "webchat",
    ]
    assert idle == known  # ids, sealed texts, digests, places, vectors
