from datetime import date
from uuid import UUID

import pytest

from rapport.channels.email.receiving import reading
from rapport.channels.email.receiving.imap.keeping import CursorMoved, Letter, keep
from rapport.channels.email.receiving.imap.places import Cursor, Place
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable
from rapport.kernel.files.store import FileStore
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.fetching import Fetched, following, until
from tests.imap_simulator import Mailserver
from tests.make.mail import letter


def mails(count: int, clock: Clock, prefix: str = "mail") -> list[bytes]:
    return [
        letter(clock, f"Number {n}", message_id=f"<{prefix}-{n}@there.example>")
        for n in range(count)
    ]


async def caught_up(inbox: Fetched, count: int) -> None:
    async def is_so() -> bool:
        return await inbox.count() == count and await inbox.is_listening()

    await until(is_so)


async def test_all_that_is_there_is_kept_as_it_came(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    raws = mails(60, clock)
    server.add(*raws)

    async with following(inbox.database):
        await caught_up(inbox, 60)

    assert await inbox.raws() == raws
    folder = await inbox.folder()
    assert (folder.uid_validity, folder.last_uid, folder.behind) == (7, 60, 0)
    assert folder.last_mail_at is not None
    assert folder.last_mail_at < clock()
    assert folder.seen_at == clock()


async def test_what_comes_while_we_listen_is_kept_too(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    async with following(inbox.database):
        await until(lambda: _listens(server))
        for raw in mails(3, clock):
            server.add(raw)
        await caught_up(inbox, 3)

    assert await inbox.raws() == mails(3, clock)


async def _listens(server: Mailserver) -> bool:
    return server.listeners > 0


async def test_who_comes_back_fetches_only_what_is_new(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    server.add(*mails(3, clock))
    async with following(inbox.database):
        await caught_up(inbox, 3)
    clock.forward(days=3)
    server.add(*mails(40, clock, "later"))
    server.heard.clear()

    async with following(inbox.database):
        await caught_up(inbox, 43)

    assert server.said("UID SEARCH")[0] == "UID SEARCH UID 4:*"
    assert not [line for line in server.said("UID FETCH") if line.startswith("UID FETCH 1")]


async def test_a_folder_that_was_numbered_anew_brings_nothing_twice(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    old, fresh = mails(30, clock), mails(2, clock, "fresh")
    server.add(*old)
    async with following(inbox.database):
        await caught_up(inbox, 30)
    await _read(inbox)
    server.mails.clear()
    server.uid_validity = 8
    server.add(*reversed(old), *fresh)
    server.heard.clear()

    async with following(inbox.database):
        await caught_up(inbox, 32)

    assert (await inbox.raws())[30:] == fresh
    bodies = [line for line in server.said("UID FETCH") if "BODY.PEEK[])" in line]
    assert bodies == ["UID FETCH 31:32 (UID BODY.PEEK[])"]


async def _read(inbox: Fetched) -> None:

    for row in await inbox.rows():
        await reading.read(inbox.database, row.workspace_id, row.id)


async def test_uids_given_again_after_a_restore_hide_no_mail(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    server.add(*mails(5, clock))
    async with following(inbox.database):
        await caught_up(inbox, 5)
    lost = [4, 5]
    for uid in lost:
        del server.mails[uid]
    server.add(*mails(1, clock, "after-the-restore"))

    async with following(inbox.database):
        await caught_up(inbox, 6)

    assert (await inbox.raws())[5] == mails(1, clock, "after-the-restore")[0]


async def test_another_account_behind_the_mailbox_is_read_from_its_beginning(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    server.add(*mails(3, clock))
    async with following(inbox.database):
        await caught_up(inbox, 3)
        server.mails.clear()
        server.add(*mails(2, clock, "other"))

        await inbox.change(user="bert")

        await caught_up(inbox, 5)


async def test_what_is_too_long_is_kept_as_its_beginning(
    database: Database, inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    limited = database.ports.get(Settings).model_copy(update={"max_mail_bytes": 300_000})
    database.ports.provide(Settings, limited)
    large = mails(1, clock)[0] + b"x" * 400_000
    server.add(large, *mails(2, clock, "small"))

    async with following(database):
        await caught_up(inbox, 3)

    first = (await inbox.raws())[0]
    assert first.startswith(b"X-Rapport-Truncated: %d\r\n" % len(large))
    assert first.endswith(large[: 256 * 1024])
    assert (await inbox.raws())[1:] == mails(2, clock, "small")


async def test_a_message_that_the_server_does_not_give_stands_in_nobodys_way(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    raws = mails(5, clock)
    server.add(*raws)
    server.refused = {2}

    async with following(inbox.database):
        await caught_up(inbox, 4)

    assert await inbox.raws() == [raws[0], *raws[2:]]


async def test_a_server_that_gives_nothing_for_now_loses_us_nothing(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    raws = mails(4, clock)
    server.add(*raws)
    server.refused = {1, 2, 3, 4}

    async with following(inbox.database):
        await until(lambda: _refused(server, 20))
        server.refused.clear()
        await caught_up(inbox, 4)

    assert await inbox.raws() == raws


async def _refused(server: Mailserver, times: int) -> bool:
    return len(server.said("UID FETCH")) >= times


async def test_a_folder_that_is_taken_out_and_in_again_brings_nothing_twice(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    server.add(*mails(3, clock))
    async with following(inbox.database):
        await caught_up(inbox, 3)
        await _read(inbox)
        await inbox.change(folders=["Other"])
        await until(lambda: _has_only(inbox, "Other"))
        await inbox.change(folders=["INBOX"])
        await until(lambda: _has_only(inbox, "INBOX"))
        server.add(*mails(1, clock, "new"))
        await caught_up(inbox, 4)


async def _has_only(inbox: Fetched, folder: str) -> bool:
    return set(await inbox.folders()) == {folder} and await inbox.is_listening()


async def test_a_message_that_is_left_out_is_asked_for_once_more(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    server.add(*mails(5, clock))
    async with following(inbox.database):
        await caught_up(inbox, 5)
        server.sizes = {7: 10}
        server.hidden = {7}
        server.add(*mails(1, clock, "six"), *mails(1, clock, "seven"))
        server.add(*mails(1, clock, "eight"))
        await caught_up(inbox, 7)


async def test_mail_of_before_a_chosen_day_is_not_asked_for(
    inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    server.add(*mails(1, clock))
    async with following(inbox.database):
        await caught_up(inbox, 1)
        await inbox.change(since=date(2026, 3, 9).isoformat())
        await until(lambda: _since(server))


async def _since(server: Mailserver) -> bool:
    return "UID SEARCH UID 2:* SINCE 9-Mar-2026" in server.heard


class Full(FileStore):
    """A file store that takes nothing for a while."""

    def __init__(self, inner: FileStore) -> None:
        self.inner = inner
        self.is_full = True

    async def put(self, path: str, content: bytes, *, is_durable: bool = False) -> None:
        if self.is_full:
            raise Unreachable
        await self.inner.put(path, content, is_durable=is_durable)


async def test_what_cannot_be_stored_is_fetched_again(
    database: Database, inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    good = database.ports.get(FileStore)
    full = Full(good)
    database.ports.provide(FileStore, full)
    server.add(*mails(2, clock))

    async with following(database):
        await until(lambda: _is(inbox, "failing", "not_kept"))
        assert (await inbox.folder()).last_uid == 0
        database.ports.provide(FileStore, good)
        await caught_up(inbox, 2)


async def _is(inbox: Fetched, state: str, error: str | None) -> bool:
    folder = (await inbox.folders()).get("INBOX")
    return folder is not None and (folder.state, folder.error) == (state, error)


async def test_mail_and_cursor_move_together_or_not_at_all(
    database: Database, inbox: Fetched, server: Mailserver, clock: Clock
) -> None:
    async with following(database):
        await caught_up(inbox, 0)
    folder, workspace_id = await inbox.folder(), inbox.box.workspace_id
    place = Place(workspace_id, inbox.box.inbox_id, "INBOX", folder.account)
    slow, quick = Cursor(7, 0), Cursor(7, 0)

    await keep(database, place, quick, [Letter(1, b"one", None)], up_to=1, behind=0)
    with pytest.raises(CursorMoved):
        await keep(database, place, slow, [Letter(1, b"one", None)], up_to=2, behind=0)

    assert await inbox.raws() == [b"one"]
    assert (await inbox.folder()).last_uid == 1


async def test_another_workspace_sees_none_of_it(
    inbox: Fetched, server: Mailserver, clock: Clock, stranger: UUID
) -> None:
    server.add(*mails(1, clock))

    async with following(inbox.database):
        await caught_up(inbox, 1)

    assert await inbox.folders(stranger) == {}
