import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from rapport.channels.email.imap import (
    Connection,
    Disconnected,
    FolderMissing,
    LoginMissing,
    LoginRefused,
    Nonsense,
    Refused,
    StartTlsMissing,
)
from rapport.channels.email.imap.client import Security
from rapport.channels.email.settings.reaching import tls
from rapport.kernel.settings.process import Settings
from tests.imap_simulator import Mailserver

LETTER = b"Message-ID: <one@there.example>\r\nSubject: Hello\r\n\r\nHello.\r\n"


@pytest.fixture
async def server() -> AsyncIterator[Mailserver]:
    async with Mailserver() as server:
        yield server


async def connect(
    server: Mailserver, security: Security = "plain", *, quiet_s: float = 5
) -> Connection:
    return await Connection.connect(
        "127.0.0.1",
        server.port,
        host="localhost",
        security=security,
        tls=tls(Settings()),
        quiet_s=quiet_s,
    )


async def signed_in(server: Mailserver, *, quiet_s: float = 5) -> Connection:
    connection = await connect(server, quiet_s=quiet_s)
    await connection.login("ada", "secret")
    await connection.examine("INBOX")
    return connection


async def test_fetches_what_is_there_and_only_looks(server: Mailserver) -> None:
    server.add(LETTER, LETTER + b"More.\r\n")
    connection = await signed_in(server)

    found = await connection.search(1)
    sizes = await connection.sizes(found, with_ids=True)
    bodies = await connection.bodies(found, max_bytes=1_000)
    await connection.logout()

    assert found == [range(1, 3)]
    assert [each.size for each in sizes] == [len(LETTER), len(LETTER) + 7]
    assert sizes[0].at == datetime(2026, 1, 5, 8, 59, 58, tzinfo=UTC)
    assert sizes[0].header == b"Message-ID: <one@there.example>\r\n\r\n"
    assert [each.body for each in bodies] == [LETTER, LETTER + b"More.\r\n"]
    assert not server.said("SELECT")
    assert all("PEEK" in line for line in server.said("UID FETCH") if "BODY" in line)


async def test_a_search_from_beyond_the_end_finds_nothing(server: Mailserver) -> None:
    server.add(LETTER)
    connection = await signed_in(server)

    assert await connection.search(2) == []
    assert await connection.search(1, since=date(2026, 3, 9)) == [range(1, 2)]
    await connection.close()

    assert server.heard[-1] == "UID SEARCH UID 1:* SINCE 9-Mar-2026"


async def test_what_a_server_says_twice_counts_once(server: Mailserver) -> None:
    server.twice = True
    server.add(LETTER, LETTER)
    connection = await signed_in(server)

    found = await connection.search(1)
    bodies = await connection.bodies(found, max_bytes=1_000)
    await connection.close()

    assert found == [range(1, 3)]
    assert [each.uid for each in bodies] == [1, 2]


async def test_what_it_says_by_the_way_is_not_taken_for_an_answer(server: Mailserver) -> None:
    server.add(LETTER, LETTER)
    server.asides["FETCH"] = (
        b"* 1 FETCH (FLAGS (\\Seen) UID 1)\r\n* 2 FETCH (FLAGS ())\r\n"
        b"* 9 FETCH (UID 99 BODY[] {2}\r\nxx)\r\n* OK still here\r\n"
    )
    connection = await signed_in(server)

    bodies = await connection.bodies([range(1, 3)], max_bytes=1_000)
    await connection.close()

    assert [(each.uid, each.body) for each in bodies] == [(1, LETTER), (2, LETTER)]


@pytest.mark.parametrize("password", ['pass"word\\', "pässwörd", "with\r\nlines"])
async def test_any_password_arrives_as_it_is(server: Mailserver, password: str) -> None:
    server.password = password.replace("\\", "\\\\").replace('"', '\\"')
    connection = await connect(server)

    await connection.login("ada", password)

    await connection.close()
    assert server.said("LOGIN")


async def test_folders_have_names_in_every_script(server: Mailserver) -> None:
    connection = await connect(server)

    await connection.examine("Entwürfe & Café/日本語")
    await connection.close()

    assert server.heard == ['EXAMINE "Entw&APw-rfe &- Caf&AOk-/&ZeVnLIqe-"']


async def test_idle_ends_when_mail_comes(server: Mailserver) -> None:
    connection = await signed_in(server)
    await connection.search(1)
    listening = asyncio.create_task(connection.idle(60))
    await server.listened.wait()

    server.add(LETTER)
    async with asyncio.timeout(5):
        await listening

    assert await connection.search(1) == [range(1, 2)]
    await connection.close()


async def test_idle_ends_with_its_time(server: Mailserver) -> None:
    connection = await signed_in(server)
    await connection.search(1)

    await connection.idle(0.05)

    assert await connection.search(1) == []
    await connection.close()


async def test_news_in_another_answer_is_not_slept_over(server: Mailserver) -> None:
    connection = await signed_in(server)
    server.asides["FETCH"] = b"* 1 EXISTS\r\n"
    await connection.search(1)
    await connection.sizes([range(1, 2)])

    async with asyncio.timeout(5):
        await connection.idle(60)

    assert not server.said("IDLE")
    await connection.close()


async def test_a_server_without_idle_is_asked(server: Mailserver) -> None:
    server.capabilities = "IMAP4rev1"
    connection = await signed_in(server)
    await connection.search(1)

    await connection.idle(0.01)

    assert server.heard[-1] == "NOOP"
    await connection.close()


async def test_a_link_that_ends_while_idle_is_noticed_at_once(server: Mailserver) -> None:
    connection = await signed_in(server)
    await connection.search(1)
    listening = asyncio.create_task(connection.idle(60))
    await server.listened.wait()
    began = time.monotonic()

    server.hang_up()

    with pytest.raises(Disconnected):
        await listening
    assert time.monotonic() - began < 1
    await connection.close()


async def test_a_server_that_has_gone_silent_is_noticed_after_idle(server: Mailserver) -> None:
    connection = await signed_in(server, quiet_s=0.1)
    await connection.search(1)
    server.is_deaf = True

    with pytest.raises(TimeoutError):
        await connection.idle(0.01)
    await connection.close()


async def test_goodbye_ends_it(server: Mailserver) -> None:
    connection = await signed_in(server)
    server.asides["SEARCH"] = b"* BYE Too many connections\r\n"

    with pytest.raises(Disconnected, match="Too many"):
        await connection.search(1)
    await connection.close()


async def test_what_is_refused_says_why(server: Mailserver) -> None:
    server.add(LETTER)
    server.refused = {1}
    server.commands["EXAMINE"] = lambda _: b"{tag} NO [NONEXISTENT] none\r\n"
    connection = await connect(server)

    with pytest.raises(LoginRefused, match="AUTHENTICATIONFAILED"):
        await connection.login("ada", "wrong")
    with pytest.raises(FolderMissing):
        await connection.examine("Lost")
    with pytest.raises(Refused):
        await connection.bodies([range(1, 2)], max_bytes=100)
    await connection.close()


async def test_no_password_goes_where_it_is_not_wanted(server: Mailserver) -> None:
    server.capabilities = "IMAP4rev1 LOGINDISABLED"
    connection = await connect(server)

    with pytest.raises(LoginMissing):
        await connection.login("ada", "secret")
    with pytest.raises(LoginMissing):
        await connection.xoauth2("ada", "token")
    await connection.close()

    assert not server.said("LOGIN")


async def test_starttls_is_not_gone_without(server: Mailserver) -> None:
    with pytest.raises(StartTlsMissing):
        await connect(server, "starttls")


async def test_what_is_said_before_tls_is_not_believed(server: Mailserver) -> None:
    server.capabilities = "IMAP4rev1 STARTTLS"
    server.commands["STARTTLS"] = lambda _: b"{tag} OK\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"

    with pytest.raises(Nonsense, match="between STARTTLS and TLS"):
        await connect(server, "starttls")


@pytest.mark.parametrize("greeting", ["220 smtp.example ESMTP", "* PREAUTH hello", "", "+"])
async def test_what_is_no_imap_server_is_told_apart(server: Mailserver, greeting: str) -> None:
    server.greeting = greeting

    with pytest.raises(Nonsense):
        await connect(server)


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 1 BODY[] {99999999}\r\n",
        b"* 1 FETCH (UID 1 BODY[] {2}\r\nab\r\n{tag} OK\r\n",
        b"* 1 FETCH (((((((((((((((((((((((((((((\r\n{tag} OK\r\n",
        b'* 1 FETCH (UID 1 "unclosed)\r\n{tag} OK\r\n',
        b"* 1 FETCH UID 1)\r\n{tag} OK\r\n",
        b"\r\n",
        b"* x " + b"y" * 5_000_000,
        b"* OK aside\r\n" * 200_000,
    ],
)
async def test_nonsense_is_not_believed(server: Mailserver, answer: bytes) -> None:
    server.commands["FETCH"] = lambda _: answer
    connection = await signed_in(server)

    with pytest.raises(Nonsense):
        await connection.bodies([range(1, 2)], max_bytes=1_000)
    await connection.close()


async def test_a_message_that_breaks_off_is_none(server: Mailserver) -> None:
    server.commands["FETCH"] = lambda _: b"* 1 FETCH (UID 1 BODY[] {500}\r\nabc"
    connection = await signed_in(server)
    asyncio.get_running_loop().call_later(0.05, server.hang_up)

    with pytest.raises(Disconnected):
        await connection.bodies([range(1, 2)], max_bytes=1_000)
    await connection.close()


async def test_long_sets_come_as_ranges(server: Mailserver) -> None:
    server.capabilities = "IMAP4rev1 ESEARCH"
    server.commands["SEARCH"] = lambda _: (
        b'* ESEARCH (TAG "R4") UID COUNT 5 ALL 3,5:7,9\r\n{tag} OK\r\n'
    )
    connection = await signed_in(server)

    assert await connection.search(4) == [range(5, 8), range(9, 10)]
    await connection.close()
