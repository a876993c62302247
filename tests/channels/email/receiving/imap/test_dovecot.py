"""The same against a server that is not ours."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import pytest

from rapport.channels.email.receiving import reading
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.dovecot import PASSWORD, Dovecot
from tests.fetching import Fetched, following, until
from tests.make.mail import letter
from tests.oauth_server import CLIENT, CLIENT_SECRET, OAuthServer

_USERS: Final = (f"user{n}" for n in itertools.count(1))


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """Somebody new."""
    name = next(_USERS)
    dovecot.add_user(name)
    return name


async def make(
    database: Database, workspace: UUID, dovecot: Dovecot, user: str, **incoming: Any
) -> Fetched:
    trusting = database.ports.get(Settings).model_copy(update={"mail_ca": dovecot.certificate})
    database.ports.provide(Settings, trusting)
    given: dict[str, Any] = {
        "host": "localhost",
        "port": dovecot.imaps_port,
        "security": "tls",
        "user": user,
        "secrets": {"imap_password": PASSWORD},
    } | incoming
    return await Fetched.make(database, workspace, given.pop("port"), **given)


async def has(inbox: Fetched, count: int) -> None:
    async def is_so() -> bool:
        return await inbox.count() == count and await inbox.is_listening()

    await until(is_so)


def lines(raw: bytes) -> bytes:
    """As IMAP hands it out."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
async def test_mail_is_fetched_and_nothing_is_marked(
    database: Database, workspace: UUID, dovecot: Dovecot, user: str, clock: Clock, security: str
) -> None:
    raws = [letter(clock, f"Number {n}: Grüße") for n in range(30)]
    dovecot.put(user, raws)
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port
    inbox = await make(database, workspace, dovecot, user, port=port, security=security)
    before = dovecot.names(user)

    async with following(database):
        await has(inbox, 30)

    assert await inbox.raws() == [lines(raw) for raw in raws]
    assert dovecot.names(user) == before


async def test_a_certificate_that_nobody_vouches_for_is_not_taken(
    database: Database, workspace: UUID, dovecot: Dovecot, user: str, clock: Clock
) -> None:
    inbox = await make(database, workspace, dovecot, user)
    wary = database.ports.get(Settings).model_copy(update={"mail_ca": None})
    database.ports.provide(Settings, wary)

    async with following(database):
        await until(lambda: _fails(inbox))

    assert (await inbox.folder()).error == "certificate_refused"


async def _fails(inbox: Fetched) -> bool:
    return any(row.state == "failing" for row in (await inbox.folders()).values())


async def test_mail_is_here_soon_after_it_was_delivered(
    database: Database, workspace: UUID, dovecot: Dovecot, user: str, clock: Clock
) -> None:
    inbox = await make(database, workspace, dovecot, user)
    took = []
    async with following(database):
        await has(inbox, 0)
        for number in range(1, 4):
            await asyncio.to_thread(dovecot.deliver, f"{user}@here.example", letter(clock))
            began = time.monotonic()
            await has(inbox, number)
            took.append(time.monotonic() - began)

    assert max(took) < 10, took  # half a second is Dovecot's; the machine may be busy


async def test_each_folder_is_followed_by_itself(
    database: Database, workspace: UUID, dovecot: Dovecot, user: str, clock: Clock
) -> None:
    dovecot.put(user, [letter(clock, "In")])
    dovecot.put(user, [letter(clock, "Out")], folder="Sent")
    inbox = await make(database, workspace, dovecot, user, folders=["INBOX", "Sent"])

    async with following(database):
        await has(inbox, 2)
        dovecot.put(user, [letter(clock, "Out again")], folder="Sent")
        await has(inbox, 3)

    folders = await inbox.folders()
    assert {name: row.last_uid for name, row in folders.items()} == {"INBOX": 1, "Sent": 2}


async def test_a_folder_that_is_numbered_anew_brings_nothing_twice(
    database: Database, workspace: UUID, clock: Clock
) -> None:
    dovecot = Dovecot()
    try:
        dovecot.add_user("ada")
        dovecot.put("ada", [letter(clock, f"Number {n}") for n in range(20)])
        dovecot.start()
        inbox = await make(database, workspace, dovecot, "ada")
        async with following(database):
            await has(inbox, 20)
            validity = (await inbox.folder()).uid_validity
            assert validity is not None
            await _read_all(inbox)

            await asyncio.to_thread(dovecot.stop)
            await until(lambda: _fails(inbox))
            dovecot.renumber("ada", uid_validity=validity + 1)
            dovecot.put("ada", [letter(clock, "New")])
            await asyncio.to_thread(dovecot.start)
            await has(inbox, 21)

        folder = await inbox.folder()
        assert (folder.uid_validity, folder.last_uid) == (validity + 1, 21)
    finally:
        dovecot.close()


async def _read_all(inbox: Fetched) -> None:

    for row in await inbox.rows():
        await reading.read(inbox.database, row.workspace_id, row.id)


@pytest.fixture
def provider() -> Iterator[OAuthServer]:
    with OAuthServer() as provider:
        yield provider


async def test_a_provider_that_wants_tokens_gets_fresh_ones(
    database: Database, workspace: UUID, clock: Clock, provider: OAuthServer
) -> None:
    dovecot = Dovecot(introspection_url=provider.introspection_url)
    held = {
        "refresh_token": provider.sign_in("ada"),
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
        "token_url": provider.token_url,
    }
    try:
        dovecot.put("ada", [letter(clock, "First")])
        dovecot.start()
        options = {"secrets": {"oauth": held}, "auth": "oauth", "allow": [provider.pair]}
        inbox = await make(database, workspace, dovecot, "ada", **options)
        async with following(database):
            await has(inbox, 1)
        clock.forward(hours=2)
        provider.end_all()
        dovecot.put("ada", [letter(clock, "Second")])

        async with following(database):
            await has(inbox, 2)
        provider.end_all()  # before their time
        dovecot.put("ada", [letter(clock, "Third")])

        async with following(database):
            await has(inbox, 3)
            provider.refresh_tokens.clear()
            provider.end_all()
            clock.forward(hours=2)
            await asyncio.to_thread(dovecot.stop)
            await asyncio.to_thread(dovecot.start)
            await until(lambda: _refused(inbox))

        assert provider.asked >= 3
    finally:
        dovecot.close()


async def _refused(inbox: Fetched) -> bool:
    return (await inbox.folder()).error == "oauth_refused"
