"""A mailbox tried on the servers that Debian has: Dovecot for what comes in, Postfix to send."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rapport.kernel.database.engine import Database
from tests.channels.email.settings.conftest import allow
from tests.channels.email.settings.test_trials import told
from tests.dovecot import PASSWORD, Dovecot
from tests.postfix import Postfix
from tests.scale.servers import running

ADDRESS = "help@shop.example"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    server.add_user(ADDRESS)
    server.put("help", [b"From: a@example.net\r\nSubject: Hello\r\n\r\nHello\r\n"] * 3)
    with running(server):
        yield server


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    server = Postfix(dovecot, ["shop.example"], has_login=True)
    with running(server):
        yield server


Trial = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def trial(
    admin: httpx.AsyncClient, database: Database, dovecot: Dovecot, postfix: Postfix
) -> Trial:
    """Try both ways, trusting Dovecot's certificate unless told otherwise."""

    async def run(ca: Path | None = None, **changes: Any) -> dict[str, Any]:
        ports = (dovecot.imap_port, dovecot.imaps_port, postfix.port)
        pairs = [f"127.0.0.1:{port}" for port in ports]
        allow(database, *pairs, mail_ca=ca or dovecot.certificate)
        way = {"host": "127.0.0.1", "user": ADDRESS}
        body: dict[str, Any] = {
            "address": ADDRESS,
            "incoming": {"kind": "imap", "port": dovecot.imaps_port, "security": "tls", **way},
            "outgoing": {"kind": "smtp", "port": postfix.port, "security": "plain", **way},
            "imap_password": PASSWORD,
            "smtp_password": PASSWORD,
        }
        answer = await admin.post("/v1/email/test", json=body | changes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return run


async def test_a_mailbox_that_works_is_ticked_off_up_to_a_letter_that_arrives(
    trial: Trial, dovecot: Dovecot
) -> None:
    before = await asyncio.to_thread(dovecot.names, "help")

    found = await trial(to_self=True)

    after = await asyncio.to_thread(dovecot.names, "help")
    assert set(told(found["incoming"]).values()) == {"ok"}, found
    assert set(told(found["outgoing"]).values()) == {"ok"}, found
    assert told(found["letter"]) == {"send": "ok", "arrive": "ok"}
    folders = {folder["name"]: folder["messages"] for folder in found["incoming"]["folders"]}
    assert folders == {"INBOX": 3, "Sent": None}
    assert before < after
    assert len(after - before) == 1, "nothing but the letter is new, and nothing was marked"


async def test_starttls_is_begun_on_both_ways(
    trial: Trial, dovecot: Dovecot, postfix: Postfix
) -> None:
    way = {"host": "127.0.0.1", "user": ADDRESS, "security": "starttls"}

    fetched = await trial(incoming={"kind": "imap", **way, "port": dovecot.imap_port})
    sent = await trial(
        ca=postfix.certificate, outgoing={"kind": "smtp", **way, "port": postfix.port}
    )

    assert set(told(fetched["incoming"]).values()) == {"ok"}, fetched
    assert set(told(sent["outgoing"]).values()) == {"ok"}, sent


async def test_a_wrong_password_is_told_from_everything_else(trial: Trial) -> None:
    refused = await trial(imap_password="no", smtp_password="no")

    assert told(refused["incoming"])["sign_in"] == "login_refused"
    assert told(refused["outgoing"])["sign_in"] == "login_refused"
