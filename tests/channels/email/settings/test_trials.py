"""Trying mailboxes live: what works is ticked off, what does not is named."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from rapport.channels.email.settings.problems import of_login
from rapport.channels.email.settings.schemas import Incoming, Outgoing
from rapport.channels.email.setup.trying.incoming import attempt as attempt_in
from rapport.channels.email.setup.trying.outgoing import attempt as attempt_out
from rapport.kernel.database.engine import Database
from tests.channels.email.settings.conftest import allow
from tests.channels.email.settings.servers import (
    HOST,
    Account,
    Certificate,
    Door,
    imap,
    smtp,
)
from tests.channels.email.settings.test_mailboxes import made

ADDRESS = "help@example.com"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.new(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


class Trials:
    """Tries settings by HTTP, for servers that the administrator allowed."""

    def __init__(self, http: httpx.AsyncClient, database: Database, ca: Path) -> None:
        self.http = http
        self.database = database
        self.ca = ca

    async def __call__(self, **body: Any) -> dict[str, Any]:
        servers = [body[way] for way in ("incoming", "outgoing") if way in body]
        pairs = [f"{server['host']}:{server['port']}" for server in servers]
        allow(self.database, *pairs, mail_ca=self.ca)
        answer = await self.http.post("/v1/email/test", json={"address": ADDRESS, **body})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
def trial(admin: httpx.AsyncClient, database: Database, good: Certificate) -> Trials:
    return Trials(admin, database, good.file)


def incoming(port: int, **values: Any) -> dict[str, Any]:
    return {
        "kind": "imap",
        "host": HOST,
        "port": port,
        "security": "tls",
        "user": ADDRESS,
        **values,
    }


def outgoing(port: int, **values: Any) -> dict[str, Any]:
    return incoming(port, **{"security": "starttls", **values}) | {"kind": "smtp"}


def told(way: dict[str, Any]) -> dict[str, str]:
    """Each step's state, or its problem."""
    return {step["name"]: step["problem"] or step["state"] for step in way["steps"]}


async def test_what_works_is_ticked_off_and_folders_are_counted(
    trial: Trials, stack: AsyncExitStack, good: Certificate
) -> None:
    account, door = Account(folders={"INBOX": 3, "Entw&APw-rfe": 0, "Sent": 7}), Door()
    fetched = await stack.enter_async_context(imap(account, good.context))
    sent = await stack.enter_async_context(smtp(door, starttls=good.context))

    found = await trial(
        incoming=incoming(fetched),
        outgoing=outgoing(sent),
        imap_password="open sesame",
        smtp_password="speak friend",
    )

    assert set(told(found["incoming"]).values()) == {"ok"}
    assert set(told(found["outgoing"]).values()) == {"ok"}
    assert found["incoming"]["folders"] == [
        {"name": "INBOX", "messages": 3, "use": None},
        {"name": "Entwürfe", "messages": None, "use": None},
        {"name": "Sent", "messages": None, "use": "sent"},
    ]
    assert found["letter"] is None
    assert door.letters == []


async def test_a_letter_to_oneself_is_sent_and_seen(
    trial: Trials, stack: AsyncExitStack, good: Certificate
) -> None:
    account = Account()
    door = Door(delivers_to=account)
    fetched = await stack.enter_async_context(imap(account, good.context))
    sent = await stack.enter_async_context(smtp(door, tls=good.context))

    found = await trial(
        incoming=incoming(fetched),
        outgoing=outgoing(sent, security="tls"),
        imap_password="open sesame",
        smtp_password="speak friend",
        to_self=True,
    )

    assert told(found["letter"]) == {"send": "ok", "arrive": "ok"}
    (letter,) = door.letters
    assert (letter.mail_from, letter.rcpt_tos) == (ADDRESS, [ADDRESS])
    assert b"Auto-Submitted: auto-generated" in (letter.original_content or b"")


async def test_a_wrong_password_is_said_in_the_servers_words_too(
    trial: Trials, stack: AsyncExitStack, good: Certificate
) -> None:
    fetched = await stack.enter_async_context(imap(Account(), good.context))
    sent = await stack.enter_async_context(smtp(Door(), starttls=good.context))

    found = await trial(
        incoming=incoming(fetched),
        outgoing=outgoing(sent),
        imap_password="wrong",
        smtp_password="wrong",
    )

    assert told(found["incoming"]) == {
        "connect": "ok",
        "secure": "ok",
        "sign_in": "login_refused",
        "folders": "skipped",
    }
    assert "Invalid credentials" in found["incoming"]["steps"][2]["said"]
    assert told(found["outgoing"])["sign_in"] == "login_refused"
    assert (found["incoming"]["is_ok"], found["outgoing"]["is_ok"]) == (False, False)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("[ALERT] Application-specific password required: (Failure)", "app_password_needed"),
        ("535 5.7.9 Application-specific password required.", "app_password_needed"),
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", "login_refused"),
        ("Your account is not enabled for IMAP use.", "access_switched_off"),
        ("5.7.139 SmtpClientAuthentication is disabled for the Tenant", "access_switched_off"),
        ("[ALERT] Too many simultaneous connections. (Failure)", "too_many_connections"),
        ("[UNAVAILABLE] Temporary authentication failure", "server_busy"),
    ],
)
def test_what_providers_say_is_understood(said: str, problem: str) -> None:
    assert of_login(said) == problem


async def test_a_certificate_that_nobody_vouches_for_is_named(
    trial: Trials, stack: AsyncExitStack, tmp_path: Path
) -> None:
    other = Certificate.new(tmp_path)
    fetched = await stack.enter_async_context(imap(Account(), other.context))
    sent = await stack.enter_async_context(smtp(Door(), tls=other.context))
    begun = await stack.enter_async_context(smtp(Door(), starttls=other.context))
    secrets = {"imap_password": "x", "smtp_password": "x"}

    by_tls = await trial(
        incoming=incoming(fetched), outgoing=outgoing(sent, security="tls"), **secrets
    )
    by_starttls = await trial(outgoing=outgoing(begun), **secrets)

    assert told(by_tls["incoming"])["secure"] == "certificate_refused"
    assert told(by_tls["outgoing"])["secure"] == "certificate_refused"
    assert told(by_starttls["outgoing"])["secure"] == "certificate_refused"
    assert by_tls["incoming"]["steps"][1]["said"]


async def test_no_password_is_said_where_starttls_is_not_offered(
    trial: Trials, stack: AsyncExitStack
) -> None:
    account = Account()
    fetched = await stack.enter_async_context(imap(account))
    sent = await stack.enter_async_context(smtp(Door()))

    found = await trial(
        incoming=incoming(fetched, security="starttls"),
        outgoing=outgoing(sent),
        imap_password="open sesame",
        smtp_password="speak friend",
    )

    assert told(found["incoming"])["secure"] == "starttls_missing"
    assert told(found["outgoing"])["secure"] == "starttls_missing"
    assert not any("sesame" in line for line in account.heard)


async def test_nobody_there_and_no_such_name_are_told_apart(trial: Trials) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        closed = taken.getsockname()[1]
    secrets = {"imap_password": "x", "smtp_password": "x"}

    refused = await trial(incoming=incoming(closed), outgoing=outgoing(closed), **secrets)
    unknown = await trial(incoming=incoming(993, host="nowhere.invalid"), **secrets)

    assert told(refused["incoming"])["connect"] == "connection_refused"
    assert told(refused["outgoing"])["connect"] == "connection_refused"
    assert told(unknown["incoming"])["connect"] == "name_unknown"


async def test_private_addresses_are_left_alone(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(
        "/v1/email/test",
        json={
            "address": ADDRESS,
            "incoming": incoming(993),
            "outgoing": outgoing(25, user="", security="plain"),
            "imap_password": "x",
        },
    )

    found = answer.json()
    assert told(found["incoming"])["connect"] == "address_refused"
    assert told(found["outgoing"])["connect"] == "address_refused"


async def test_who_does_not_speak_the_protocol_is_named(
    trial: Trials, stack: AsyncExitStack
) -> None:
    async def web(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(web, HOST, 0)
    await stack.enter_async_context(server)
    port = server.sockets[0].getsockname()[1]
    secrets = {"imap_password": "x", "smtp_password": "x"}

    found = await trial(
        incoming=incoming(port, security="plain"),
        outgoing=outgoing(port, security="plain"),
        **secrets,
    )
    by_tls = await trial(
        incoming=incoming(port), outgoing=outgoing(port, security="tls"), **secrets
    )

    assert told(found["incoming"])["connect"] == "unexpected_answer"
    assert told(found["outgoing"])["connect"] in {"unexpected_answer", "disconnected"}
    assert told(by_tls["incoming"])["secure"] == "tls_failed"
    assert told(by_tls["outgoing"])["secure"] == "tls_failed"


async def test_a_folder_that_is_not_there_and_a_sender_that_is_not_allowed_are_named(
    trial: Trials, stack: AsyncExitStack, good: Certificate
) -> None:
    door = Door(refuses_sender="553 5.7.1 Sender address rejected: not owned by user")
    fetched = await stack.enter_async_context(imap(Account(), good.context))
    sent = await stack.enter_async_context(smtp(door, starttls=good.context))

    found = await trial(
        incoming=incoming(fetched, folders=["INBOX", "Support"]),
        outgoing=outgoing(sent),
        imap_password="open sesame",
        smtp_password="speak friend",
    )

    assert told(found["incoming"])["folders"] == "folder_missing"
    assert found["incoming"]["steps"][3]["said"] == "Support"
    assert told(found["outgoing"])["sender"] == "sender_refused"
    assert "not owned" in found["outgoing"]["steps"][3]["said"]


async def test_kept_passwords_try_their_own_server_and_no_other(
    trial: Trials, admin: httpx.AsyncClient, stack: AsyncExitStack, good: Certificate
) -> None:
    account, spy = Account(), Account()
    fetched = await stack.enter_async_context(imap(account, good.context))
    elsewhere = await stack.enter_async_context(imap(spy, good.context))
    box = await made(admin, incoming=incoming(fetched), imap_password="open sesame")

    kept = await trial(inbox_id=box["inbox_id"], incoming=incoming(fetched))
    answer = await admin.post(
        "/v1/email/test",
        json={
            "inbox_id": box["inbox_id"],
            "address": ADDRESS,
            "incoming": incoming(elsewhere),
        },
    )

    assert kept["incoming"]["is_ok"] is True
    assert (answer.status_code, answer.json()["code"]) == (422, "secret_needed")
    assert spy.heard == []


async def test_a_server_that_says_nothing_is_given_up(database: Database) -> None:
    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(nothing, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    known = allow(database, f"{HOST}:{port}")
    way: Any = {"host": HOST, "port": port, "security": "plain", "user": "me"}

    async with server:
        got_in = await attempt_in(
            known,
            Incoming(kind="imap", **way),
            password="x",
            token=None,
            quiet_s=0.2,
        )
        got_out = await attempt_out(
            known,
            Outgoing(kind="smtp", **way),
            address=ADDRESS,
            password="x",
            token=None,
            quiet_s=0.2,
        )

    assert [step.problem for step in (got_in.steps[0], got_out.steps[0])] == ["no_answer"] * 2


async def test_trials_are_counted_so_that_nobody_looks_for_open_ports(
    admin: httpx.AsyncClient,
) -> None:
    answers = [
        (await admin.post("/v1/email/test", json={"address": ADDRESS})).status_code
        for _ in range(62)
    ]

    assert answers[0] == 200
    assert answers[-1] == 429
