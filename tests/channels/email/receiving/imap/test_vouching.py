"""Where a mail was fetched from, and whose word about it counts because of that."""

from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.channels.email.models import MailDetail
from rapport.channels.email.receiving import reading
from rapport.channels.email.receiving.imap.keeping import Letter, keep
from rapport.channels.email.receiving.imap.places import Cursor, Place, server_of
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import Incoming
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.dns import Dns
from tests.channels.email.trust.provided import by_microsoft, microsoft
from tests.dns import Zone
from tests.fetching import Fetched, following, until
from tests.make import mailboxes


async def verdict_of(inbox: Fetched, database: Database, host: str | None) -> tuple[bool, str]:
    """Fetch a mail about which Microsoft says that it is Ada's, and how it is judged."""
    async with following(database):
        await until(inbox.is_listening)
    folder, workspace_id = await inbox.folder(), inbox.box.workspace_id
    async with database.begin(workspace_id, SYSTEM) as ctx:
        mailbox = await settings.mailbox(ctx, inbox.box.inbox_id)
        mailbox.trusted_authserv = "microsoft365"
    place = Place(workspace_id, inbox.box.inbox_id, "INBOX", folder.account, host)
    letter = Letter(1, microsoft(by_microsoft()), None)

    await keep(database, place, Cursor(7, 0), [letter], up_to=1, behind=0)

    [row] = await mailboxes.kept(database, inbox.box)
    assert row.envelope == ({"fetched_from": host} if host else {})
    return await _read(database, workspace_id, row.id)


async def _read(database: Database, workspace_id: UUID, raw_id: UUID) -> tuple[bool, str]:
    database.ports.provide(Dns, Zone())
    await reading.read(database, workspace_id, raw_id)
    async with database.begin(workspace_id, SYSTEM) as ctx:
        found = await ctx.session.scalar(select(MailDetail).where(MailDetail.raw_id == raw_id))
    assert found is not None
    assert found.verdict is not None
    return found.verdict["is_authenticated"], found.verdict["by"]


async def test_a_provider_is_believed_about_what_was_fetched_from_it(
    inbox: Fetched, database: Database
) -> None:
    assert await verdict_of(inbox, database, "outlook.office365.com") == (True, "front")


@pytest.mark.parametrize("host", [None, "imap.elsewhere.example"])
async def test_nobody_is_believed_about_what_was_fetched_elsewhere(
    inbox: Fetched, database: Database, host: str | None
) -> None:
    assert await verdict_of(inbox, database, host) == (False, "nobody")


def test_a_server_counts_by_its_name_when_that_is_proved_by_tls() -> None:
    told = [
        server_of(Incoming(kind="imap", host=host, security=security))
        for host, security in (
            ("Outlook.Office365.com", "tls"),
            ("imap.gmail.com", "starttls"),
            ("imap.gmail.com", "plain"),
        )
    ]

    assert told == ["outlook.office365.com", "imap.gmail.com", None]
