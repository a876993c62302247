from contextlib import AsyncExitStack
from uuid import UUID

from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import metrics
from tests.conftest import Clock
from tests.fetching import Fetched, following, until
from tests.imap_simulator import Mailserver
from tests.make.mail import letter


async def listens(inbox: Fetched) -> None:
    await until(inbox.is_listening)


async def fails(inbox: Fetched, problem: str) -> None:
    async def is_so() -> bool:
        folders = (await inbox.folders()).values()
        return any((row.state, row.error) == ("failing", problem) for row in folders)

    await until(is_so)


async def test_a_wrong_password_is_told_and_a_right_one_used_at_once(
    database: Database, workspace: UUID, server: Mailserver, clock: Clock
) -> None:
    inbox = await Fetched.make(database, workspace, server.port, secrets={"imap_password": "wrong"})

    async with following(database):
        await fails(inbox, "login_refused")
        since = (await inbox.folder()).failing_since
        clock.forward(hours=1)
        await inbox.change(secrets={"imap_password": "secret"})
        await listens(inbox)

    folder = await inbox.folder()
    assert since is not None
    assert (folder.failing_since, folder.error) == (None, None)
    assert await inbox.told() == [("failing", "login_refused"), ("catching_up", None)]


async def test_a_server_that_stays_away_is_told_once(
    database: Database, workspace: UUID, server: Mailserver, clock: Clock
) -> None:
    inbox = await Fetched.make(database, workspace, server.port)
    async with following(database):
        await listens(inbox)
        await server.__aexit__(None, None, None)
        await fails(inbox, "connection_refused")
        failing_since = (await inbox.folder()).failing_since
        clock.forward(days=3)
        async with server:
            server.add(letter(clock))
            await until(lambda: _has(inbox, 1))

    assert failing_since is not None
    assert await inbox.told() == [("failing", "connection_refused"), ("catching_up", None)]


async def _has(inbox: Fetched, count: int) -> bool:
    return await inbox.count() == count and await inbox.is_listening()


async def test_a_server_that_only_restarts_is_no_news(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    async with following(inbox.database):
        await listens(inbox)
        await until(lambda: _listeners(server, 1))
        server.hang_up()
        server.add(letter(clock))
        await until(lambda: _has(inbox, 1))

    assert await inbox.told() == []


async def _listeners(server: Mailserver, count: int) -> bool:
    return server.listeners == count


async def test_a_folder_that_is_not_there_is_told_and_the_others_are_read(
    database: Database, workspace: UUID, server: Mailserver, clock: Clock
) -> None:
    server.commands["EXAMINE"] = lambda command: (
        b"{tag} NO no such folder\r\n"
        if "Lost" in command
        else b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n{tag} OK\r\n"
    )
    server.add(letter(clock))
    inbox = await Fetched.make(database, workspace, server.port, folders=["INBOX", "Lost"])

    async with following(database):
        await fails(inbox, "folder_missing")
        await until(lambda: _kept(inbox, 1))
        await inbox.change(folders=["INBOX"])
        await until(inbox.is_listening)

    assert set(await inbox.folders()) == {"INBOX"}


async def _kept(inbox: Fetched, count: int) -> bool:
    return await inbox.count() == count


async def test_a_mailbox_that_is_switched_off_is_left_alone(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    async with following(inbox.database):
        await until(lambda: _listeners(server, 1))

        await inbox.change(kind="none")

        await until(lambda: _listeners(server, 0))


async def test_one_process_at_a_time_follows_a_mailbox(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    async with following(inbox.database) as first, AsyncExitStack() as later:
        await until(lambda: _listeners(server, 1))
        second = await later.enter_async_context(following(inbox.database))
        await inbox.change(folders=["INBOX"])  # now both look
        await until(lambda: _signed_in(server, 2))

        assert first.followed == {inbox.box.inbox_id}
        assert second.followed == frozenset()


async def _signed_in(server: Mailserver, count: int) -> bool:
    return len(server.said("LOGIN")) == count


async def test_another_process_takes_over_when_one_ends(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    async with AsyncExitStack() as first:
        await first.enter_async_context(following(inbox.database))
        await until(lambda: _listeners(server, 1))
        async with following(inbox.database, look_s=0.05):
            await first.aclose()
            server.add(letter(clock))
            await until(lambda: _kept(inbox, 1))


async def test_no_password_goes_to_places_inside_our_network(
    database: Database, workspace: UUID, server: Mailserver, settings: Settings
) -> None:
    plain = await Fetched.make(database, workspace, server.port)
    starttls = await Fetched.make(database, workspace, server.port, security="starttls")
    database.ports.provide(Settings, settings)  # without the leave to go there

    async with following(database):
        await fails(plain, "plain_refused")
        await fails(starttls, "address_refused")

    assert server.heard == []


async def test_the_numbers_tell_how_it_stands(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    def numbers() -> str:
        return metrics.exposition().decode()

    up = f'rapport_imap_up{{folder="INBOX",inbox_id="{inbox.box.inbox_id}"}}'
    async with following(inbox.database):
        await listens(inbox)
        assert f"{up} 1.0" in numbers()
        await server.__aexit__(None, None, None)
        await fails(inbox, "connection_refused")
        assert f"{up} 0.0" in numbers()
        async with server:
            await listens(inbox)

    assert up not in numbers()
