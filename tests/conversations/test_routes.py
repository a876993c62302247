import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from obstore.store import MemoryStore

from rapport.conversations.desk.routes import router as desk
from rapport.conversations.models import Conversation
from rapport.conversations.routes import router as conversations
from rapport.customers.routes import router as customers
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.routes import router as files
from rapport.kernel.files.store import FileStore
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.ids import new_id
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.settings.process import Settings
from tests.conftest import Begin
from tests.make.auth import Person, browser, person
from tests.make.conversations import make_conversation, say


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    keys = KeyRing.at(settings)
    database.ports.provide(LinkSigner, LinkSigner(keys))
    database.ports.provide(FileStore, FileStore(MemoryStore()))
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    for router in (conversations, desk, customers, files):
        app.include_router(router, prefix="/v1")
    return app


@pytest.fixture
async def me(database: Database, workspace: UUID) -> Person:
    return await person(database, workspace, Role.AGENT, name="Agnes")


@pytest.fixture
async def client(app: FastAPI, me: Person) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, me) as client:
        client.base_url = httpx.URL("http://rapport.test/v1")
        yield client


@pytest.fixture
async def talk(begin: Begin) -> Conversation:
    async with begin() as ctx:
        return await make_conversation(ctx)


async def test_an_agent_takes_a_conversation_answers_and_resolves_it(
    client: httpx.AsyncClient, me: Person, talk: Conversation
) -> None:
    listed = (await client.get("/conversations", params={"view": "unassigned"})).json()["items"]
    at = f"/conversations/{talk.id}"

    await client.put(f"{at}/assignee", json={"assignee_id": str(me.id)})
    await client.put(f"{at}/draft", json={"body": "It is", "kind": "message"})
    reply = {
        "client_id": "1",
        "kind": "message",
        "body": "It is on its **way**.",
        "attachment_ids": [],
        "resolve": True,
        "expected_last_seq": 1,
    }
    sent = await client.post(f"{at}/messages", json=reply)

    assert [it["id"] for it in listed] == [str(talk.id)]
    assert listed[0]["customer"]["name"] == "Ada Lovelace"
    assert sent.status_code == 201
    assert sent.json()["html"] == "<p>It is on its <strong>way</strong>.</p>\n"
    assert sent.json()["author"] == {"kind": "agent", "id": str(me.id), "name": "Agnes"}
    after = (await client.get(at)).json()
    assert (after["status"], after["seen_seq"], after["handler"]) == ("resolved", 2, "agent")
    assert (await client.get(f"{at}/draft")).json() is None
    assert (await client.get(f"{at}/read-by")).json()[0]["seq"] == 2
    assert (await client.get("/conversations/counters")).json()["resolved"]["count"] == 1


async def test_an_answer_to_what_is_no_longer_the_last_word_is_a_conflict(
    begin: Begin, client: httpx.AsyncClient, talk: Conversation
) -> None:
    async with begin() as ctx:
        await say(ctx, talk, "Forget it, I found it.")

    reply = {"client_id": "1", "body": "Let me look", "expected_last_seq": 1}
    sent = await client.post(f"/conversations/{talk.id}/messages", json=reply)

    assert sent.status_code == 409
    assert sent.json()["code"] == "newer_messages"
    assert sent.json()["fields"] == {"seqs": "2"}


async def test_light_agents_write_notes_and_nothing_else(
    app: FastAPI, database: Database, workspace: UUID, talk: Conversation
) -> None:
    light = await person(database, workspace, Role.LIGHT_AGENT)
    at = f"/v1/conversations/{talk.id}"
    async with browser(app, light) as client:
        note = await client.post(
            f"{at}/messages", json={"client_id": "1", "kind": "note", "body": "Ask Bob"}
        )
        refused = [
            await client.post(f"{at}/messages", json={"client_id": "2", "body": "Hello"}),
            await client.post(
                f"{at}/messages",
                json={"client_id": "3", "kind": "note", "body": "x", "resolve": True},
            ),
            await client.put(f"{at}/assignee", json={"assignee_id": None}),
            await client.put(f"{at}/status", json={"status": "resolved"}),
            await client.put(f"{at}/tags", json={"tag_ids": []}),
            await client.put(f"{at}/handler", json={"handler": "assistant"}),
            await client.post("/v1/tags", json={"name": "x"}),
        ]

    assert note.status_code == 201
    assert [answer.status_code for answer in refused] == [403] * len(refused)


@pytest.mark.parametrize(
    "body",
    [
        {"client_id": "1", "body": "nul \x00"},
        {"client_id": "1", "body": "x" * 20_001},
        {"client_id": "", "body": "x"},
        {"client_id": "1", "body": "x", "kind": "system"},
        {"client_id": "1", "body": "x", "author_kind": "customer"},
        {"client_id": "1", "body": "x", "workspace_id": str(new_id())},
        {"client_id": "1", "body": "x", "cards": [{"kind": "list", "title": 1}]},
        {
            "client_id": "1",
            "body": "x",
            "cards": [{"kind": "image", "url": "javascript:alert(1)", "alt": ""}],
        },
    ],
)
async def test_a_misshapen_message_is_refused_and_changes_nothing(
    client: httpx.AsyncClient, talk: Conversation, body: dict[str, object]
) -> None:
    sent = await client.post(f"/conversations/{talk.id}/messages", json=body)

    assert sent.status_code == 422
    assert (await client.get(f"/conversations/{talk.id}")).json()["last_seq"] == 1


async def test_a_file_goes_along_and_somebody_elses_does_not(
    app: FastAPI,
    client: httpx.AsyncClient,
    database: Database,
    workspace: UUID,
    talk: Conversation,
) -> None:
    sent = await client.post("/files", files={"file": ("note.txt", b"hello", "text/plain")})
    other = await person(database, workspace, Role.AGENT)
    async with browser(app, other) as theirs:
        foreign = await theirs.post(
            "/v1/files", files={"file": ("secret.txt", b"secret", "text/plain")}
        )
    at = f"/conversations/{talk.id}/messages"

    good = await client.post(
        at, json={"client_id": "1", "body": "", "attachment_ids": [sent.json()["id"]]}
    )
    bad = await client.post(
        at, json={"client_id": "2", "body": "", "attachment_ids": [foreign.json()["id"]]}
    )

    assert [file["name"] for file in good.json()["attachments"]] == ["note.txt"]
    assert bad.status_code == 404
    assert (await client.get(f"/conversations/{talk.id}")).json()["last_seq"] == 2


async def test_tags_are_made_used_renamed_and_removed(
    client: httpx.AsyncClient, talk: Conversation
) -> None:
    tag = (await client.post("/tags", json={"name": " Returns "})).json()
    again = await client.post("/tags", json={"name": "returns"})
    at = f"/conversations/{talk.id}"

    tagged = (await client.put(f"{at}/tags", json={"tag_ids": [tag["id"]]})).json()
    renamed = await client.patch(f"/tags/{tag['id']}", json={"name": "Refunds"})
    gone = await client.delete(f"/tags/{tag['id']}")

    assert tag["name"] == "Returns"
    assert again.status_code == 409
    assert tagged["tag_ids"] == [tag["id"]]
    assert renamed.json()["name"] == "Refunds"
    assert gone.status_code == 204
    assert (await client.get(at)).json()["tag_ids"] == []


@pytest.mark.parametrize("name", ["İstanbul", "ẞ", "ﬁnal", "ΣΑΣ"])
async def test_a_tag_is_named_once_as_the_database_folds_letters(
    client: httpx.AsyncClient, name: str
) -> None:
    first = await client.post("/tags", json={"name": name})
    again = await client.post("/tags", json={"name": name})

    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["code"] == "tag_name_taken"


async def test_of_many_who_make_the_same_tag_at_once_one_does(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(client.post("/tags", json={"name": "Returns"}) for _ in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [201] + 7 * [409]
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"tag_name_taken", "collision"}


async def test_customers_are_listed_changed_and_merged(
    begin: Begin, client: httpx.AsyncClient, talk: Conversation
) -> None:
    async with begin() as ctx:
        other = await make_conversation(ctx)

    changed = await client.patch(
        f"/customers/{talk.customer_id}", json={"company": "Analytical Engines", "name": "Ada L."}
    )
    found = (await client.get("/customers", params={"q": "ada l."})).json()["items"]
    merged = await client.post(
        f"/customers/{other.customer_id}/merge", json={"into_id": str(talk.customer_id)}
    )
    undone = await client.post(f"/customers/{other.customer_id}/unmerge")
    told = (await client.get(f"/customers/{talk.customer_id}/timeline")).json()["items"]

    assert changed.json()["company"] == "Analytical Engines"
    assert [it["id"] for it in found] == [str(talk.customer_id)]
    assert len(merged.json()["identities"]) == 2
    assert undone.json()["id"] == str(other.customer_id)
    kinds = {it["kind"] for it in told}
    assert kinds == {"identity_added", "merged", "unmerged", "message"}


async def test_an_agent_may_write_first(client: httpx.AsyncClient, talk: Conversation) -> None:
    body = {
        "inbox_id": str(talk.inbox_id),
        "customer_id": str(talk.customer_id),
        "subject": "Your order",
        "body": "It is back in stock.",
    }

    started = await client.post("/conversations", json=body)

    assert started.status_code == 201
    assert started.json()["subject"] == "Your order"
    assert started.json()["waiting_since"] is None
    assert started.json()["handler"] == "agent"


async def test_nobody_reads_without_signing_in(app: FastAPI, talk: Conversation) -> None:
    async with browser(app) as nobody:
        for path in ("/v1/conversations", f"/v1/conversations/{talk.id}", "/v1/customers"):
            assert (await nobody.get(path)).status_code == 401
