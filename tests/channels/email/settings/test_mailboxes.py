"""Mailboxes as administrators set them up."""

from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import OAuth
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.channels.email.settings.conftest import allow
from tests.conftest import Begin
from tests.make.auth import browser, person

IMAP = {
    "kind": "imap",
    "host": "imap.example.com",
    "port": 993,
    "security": "tls",
    "user": "help@example.com",
}
SMTP = {
    "kind": "smtp",
    "host": "smtp.example.com",
    "port": 587,
    "security": "starttls",
    "user": "help@example.com",
}


async def made(http: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await http.post(
        "/v1/email/mailboxes", json={"name": "Help", "address": "help@example.com", **body}
    )
    assert answer.status_code == 201, answer.text
    box: dict[str, Any] = answer.json()
    return box


async def full(http: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    secrets = {"imap_password": "open sesame", "smtp_password": "speak friend"}
    return await made(http, incoming=IMAP, outgoing=SMTP, **secrets, **body)


async def test_a_new_mailbox_is_an_inbox_of_its_own(admin: httpx.AsyncClient) -> None:
    box = await made(admin)

    again = await admin.get(f"/v1/email/mailboxes/{box['inbox_id']}")
    assert again.json() == box
    assert (box["name"], box["is_enabled"], box["from_name"]) == ("Help", True, "Help")
    assert (box["incoming"]["kind"], box["outgoing"]["kind"]) == ("none", "none")
    assert (await admin.get("/v1/email/mailboxes")).json()["items"] == [box]


async def test_what_is_secret_is_kept_sealed_and_never_told(
    admin: httpx.AsyncClient, begin: Begin, database_url: str
) -> None:
    box = await full(admin)

    told = (await admin.get(f"/v1/email/mailboxes/{box['inbox_id']}")).text
    async with begin() as ctx:
        row = await settings.mailbox(ctx, UUID(box["inbox_id"]))
        kept = await settings.secrets_of(ctx, row)
        lies = str(row.secrets)
    with psycopg.connect(database_url) as owner:
        records = str(owner.execute("SELECT body FROM audit_records").fetchall())
        events = str(owner.execute("SELECT payload FROM events").fetchall())
    assert (kept.imap_password, kept.smtp_password) == ("open sesame", "speak friend")
    for place in (told, lies, records, events):
        assert "sesame" not in place
        assert "friend" not in place
    assert (box["imap_password_set"], box["smtp_password_set"]) == (True, True)


async def test_a_patch_leaves_what_it_does_not_name(admin: httpx.AsyncClient) -> None:
    box = await full(admin)

    changed = await admin.patch(
        f"/v1/email/mailboxes/{box['inbox_id']}", json={"signature": "*Yours*", "undo_s": 0}
    )

    assert changed.json() == box | {"signature": "*Yours*", "undo_s": 0}


async def test_a_password_does_not_follow_to_another_server(admin: httpx.AsyncClient) -> None:
    path = f"/v1/email/mailboxes/{(await full(admin))['inbox_id']}"
    elsewhere = IMAP | {"host": "imap.attacker.example"}

    refused = await admin.patch(path, json={"incoming": elsewhere})
    taken = await admin.patch(path, json={"incoming": elsewhere, "imap_password": "another"})

    assert (refused.status_code, refused.json()["code"]) == (422, "secret_needed")
    assert taken.json()["incoming"]["host"] == "imap.attacker.example"


@pytest.mark.parametrize("change", [{"user": "other@example.com"}, {"port": 1993}])
async def test_nor_to_another_user_or_port(
    admin: httpx.AsyncClient, change: dict[str, Any]
) -> None:
    path = f"/v1/email/mailboxes/{(await full(admin))['inbox_id']}"

    refused = await admin.patch(path, json={"outgoing": SMTP | change})

    assert refused.json()["code"] == "secret_needed"


async def test_a_sign_in_at_the_provider_ends_when_the_server_is_another(
    admin: httpx.AsyncClient, begin: Begin
) -> None:
    by_oauth = {"auth": "oauth", "provider": "google"}
    box = await made(admin, incoming=IMAP | by_oauth, outgoing=SMTP | by_oauth)
    async with begin() as ctx:
        row = await settings.mailbox(ctx, UUID(box["inbox_id"]))
        opened = OAuth(refresh_token="r", client_id="c", token_url="https://example.com")
        known = await settings.secrets_of(ctx, row)
        await settings.change_secrets(ctx, row, known.model_copy(update={"oauth": opened}))
    path = f"/v1/email/mailboxes/{box['inbox_id']}"
    before = (await admin.get(path)).json()["is_signed_in"]

    moved = await admin.patch(path, json={"incoming": IMAP | by_oauth | {"host": "other.example"}})

    assert (before, moved.json()["is_signed_in"]) == (True, False)


async def test_passwords_go_over_tls_unless_the_administrator_allowed_the_server(
    admin: httpx.AsyncClient, database: Database
) -> None:
    plain = {"incoming": IMAP | {"security": "plain"}, "imap_password": "x"}
    body = {"name": "Help", "address": "help@example.com", **plain}

    refused = await admin.post("/v1/email/mailboxes", json=body)
    allow(database, "imap.example.com:993")
    taken = await admin.post("/v1/email/mailboxes", json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, "plain_refused")
    assert taken.status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"incoming": IMAP | {"host": ""}},
        {"incoming": IMAP | {"user": ""}},
        {"incoming": {"kind": "webhook"}},
        {"outgoing": {"kind": "smtp"}},
        {"incoming": IMAP | {"host": "a b"}},
        {"incoming": IMAP | {"host": "evil\r\nA1 LOGOUT"}},
        {"incoming": IMAP | {"user": "a\r\nb"}},
        {"incoming": IMAP | {"folders": []}},
        {"incoming": IMAP | {"folders": ["INBOX", "INBOX"]}},
        {"incoming": IMAP | {"port": 0}},
        {"outgoing": SMTP | {"security": "ssl3"}},
        {"address": "nobody"},
        {"aliases": ["a@example.com", "A@example.com"]},
        {"from_name": "a\r\nBcc: all@example.com"},
        {"key": "mine"},
        {"secrets": "mine"},
        {"inbox_id": "00000000-0000-0000-0000-000000000000"},
    ],
)
async def test_what_makes_no_sense_is_refused(
    admin: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    body = {"name": "Help", "address": "help@example.com", **wrong}

    answer = await admin.post("/v1/email/mailboxes", json=body)

    assert answer.status_code == 422
    assert (await admin.get("/v1/email/mailboxes")).json()["items"] == []


async def test_an_address_belongs_to_one_inbox(admin: httpx.AsyncClient) -> None:
    await made(admin, aliases=["info@example.com"])

    again = await admin.post(
        "/v1/email/mailboxes", json={"name": "Two", "address": "INFO@Example.com"}
    )

    assert (again.status_code, again.json()["code"]) == (409, "address_taken")


async def test_mail_that_we_receive_finds_its_inbox_by_every_address(
    admin: httpx.AsyncClient, database: Database
) -> None:
    own = f"{new_id().hex}.example"  # routes are one for all workspaces
    box = await made(
        admin,
        address=f"help@{own}",
        aliases=[f"Info@{own.upper()}"],
        incoming={"kind": "receiver"},
    )
    both = (f"help@{own}", f"info@{own}")
    found = [await route(database, each) for each in both]
    path = f"/v1/email/mailboxes/{box['inbox_id']}"

    await admin.patch(path, json={"aliases": []})
    after = [await route(database, each) for each in both]
    await admin.patch(path, json={"incoming": {"kind": "none"}})

    assert found == [UUID(box["inbox_id"])] * 2
    assert after == [UUID(box["inbox_id"]), None]
    assert await route(database, both[0]) is None


async def test_two_workspaces_cannot_receive_for_the_same_address(
    admin: httpx.AsyncClient, app: FastAPI, database: Database, stranger: UUID
) -> None:
    address = f"shared@{new_id().hex}.example"
    box = await made(admin, address=address, incoming={"kind": "receiver"})

    async with browser(app, await person(database, stranger, Role.OWNER)) as other:
        body = {"name": "Ours", "address": address}
        refused = await other.post(
            "/v1/email/mailboxes", json=body | {"incoming": {"kind": "receiver"}}
        )
        fetched = await other.post("/v1/email/mailboxes", json=body)

    assert (refused.status_code, refused.json()["code"]) == (409, "address_taken")
    assert fetched.status_code == 201
    assert await route(database, address) == UUID(box["inbox_id"])


async def test_an_unused_mailbox_goes_with_its_inbox(
    admin: httpx.AsyncClient, database: Database
) -> None:
    address = f"help@{new_id().hex}.example"
    box = await made(admin, address=address, incoming={"kind": "receiver"})

    gone = await admin.delete(f"/v1/inboxes/{box['inbox_id']}")

    assert gone.status_code == 204
    assert (await admin.get(f"/v1/email/mailboxes/{box['inbox_id']}")).status_code == 404
    assert await route(database, address) is None


async def test_a_service_that_posts_is_given_an_address_nobody_guesses(
    admin: httpx.AsyncClient,
) -> None:
    box = await made(
        admin, incoming={"kind": "webhook", "webhook": "mailgun"}, webhook_secret="signed"
    )

    assert box["webhook_url"].startswith("http://127.0.0.1:8000/hooks/email/mailgun/")
    assert box["webhook_url"].endswith("/mime")
    assert len(box["webhook_url"].split("/")[-2]) >= 24
    assert box["webhook_secret_set"] is True


async def test_our_addresses_are_those_of_all_inboxes(
    admin: httpx.AsyncClient, begin: Begin
) -> None:
    await made(admin, address="Help@Example.com")
    await made(admin, address="sales@exämple.com", aliases=["buy@example.com"])

    async with begin() as ctx:
        ours = await settings.our_addresses(ctx)

    assert ours == {"help@example.com", "sales@xn--exmple-cua.com", "buy@example.com"}


async def test_every_change_is_announced_with_a_higher_version_and_recorded(
    admin: httpx.AsyncClient, begin: Begin, database_url: str, workspace: UUID
) -> None:
    box = await full(admin)
    path = f"/v1/email/mailboxes/{box['inbox_id']}"
    async with begin() as ctx:
        before = (await settings.mailbox(ctx, UUID(box["inbox_id"]))).version

    await admin.patch(path, json={"imap_password": "new", "from_name": "Help"})
    await admin.patch(path, json={"from_name": "Help"})

    async with begin() as ctx:
        after = (await settings.mailbox(ctx, UUID(box["inbox_id"]))).version
    with psycopg.connect(database_url) as owner:
        bodies = owner.execute(
            "SELECT body::jsonb -> 'details' FROM audit_records"
            " WHERE workspace_id = %s AND verb = 'mailbox.changed'",
            (workspace,),
        ).fetchall()
    assert after == before + 1
    assert [body for (body,) in bodies] == [{"fields": ["imap_password"]}]


CALLS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/v1/email/mailboxes/{id}", None),
    ("PATCH", "/v1/email/mailboxes/{id}", {"from_name": "Owned"}),
    ("POST", "/v1/email/mailboxes/{id}/dkim", None),
    ("PUT", "/v1/email/mailboxes/{id}/dkim", {"is_on": False}),
    ("GET", "/v1/email/mailboxes/{id}/dns", None),
    ("GET", "/v1/email/mailboxes/{id}/health", None),
    (
        "POST",
        "/v1/email/mailboxes/{id}/oauth",
        {"provider": "google", "client_id": "client"},
    ),
    ("POST", "/v1/email/test", {"inbox_id": "{id}", "address": "help@example.com"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_strangers_mailbox_is_not_there(
    admin: httpx.AsyncClient,
    app: FastAPI,
    database: Database,
    stranger: UUID,
    method: str,
    path: str,
    body: dict[str, Any] | None,
) -> None:
    inbox_id = (await full(admin))["inbox_id"]
    if body is not None and body.get("inbox_id"):
        body = body | {"inbox_id": inbox_id}
    async with browser(app, await person(database, stranger, Role.OWNER)) as http:
        answer = await http.request(method, path.replace("{id}", inbox_id), json=body)
        listed = [(await http.get(f"/v1/email/{each}")).json() for each in ("mailboxes", "health")]

    assert (answer.status_code, answer.json()["code"]) == (404, "inbox_not_found")
    assert listed == [{"items": []}, {"items": []}]


OTHERS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/v1/email/mailboxes", {"name": "x", "address": "x@example.com"}),
    ("POST", "/v1/email/discover", {"address": "x@example.com"}),
    ("POST", "/v1/email/oauth/finish", {"state": "x", "code": "y"}),
]


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS, *OTHERS])
@pytest.mark.parametrize("role", [Role.AGENT, Role.LIGHT_AGENT, None])
async def test_only_administrators_set_mailboxes_up(
    admin: httpx.AsyncClient,
    app: FastAPI,
    database: Database,
    workspace: UUID,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    role: Role | None,
) -> None:
    inbox_id = (await full(admin))["inbox_id"]
    who = await person(database, workspace, role) if role else None
    async with browser(app, who) as http:
        answer = await http.request(method, path.replace("{id}", inbox_id), json=body)

    reads = method == "GET" and not path.endswith("/dns")
    wanted = (200 if reads else {403, 422}) if who else 401
    assert answer.status_code in ({wanted} if isinstance(wanted, int) else wanted)


async def test_a_web_chat_is_no_mailbox(admin: httpx.AsyncClient) -> None:
    chat = (await admin.post("/v1/inboxes", json={"name": "Chat"})).json()["id"]

    answer = await admin.get(f"/v1/email/mailboxes/{chat}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_a_mailbox")


async def route(database: Database, address: str) -> UUID | None:
    async with database.connect() as session:
        connection = await session.connection()
        found = await connection.exec_driver_sql("SELECT inbox_id FROM email_route(%s)", (address,))
        inbox_id: UUID | None = found.scalar()
        return inbox_id
