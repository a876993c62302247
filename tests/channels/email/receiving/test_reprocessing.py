"""Reading messages anew from what was kept of them."""

from sqlalchemy import update

from rapport.channels.email.models import MailDetail, RawMail
from rapport.channels.email.receiving.raw import path_of
from rapport.conversations.models import Message
from rapport.kernel.context import SYSTEM
from rapport.kernel.files.store import FileStore
from rapport.server.commands import mail_again
from tests.channels.email.receiving.conftest import Desk


async def test_what_failed_is_filed_once_the_reason_is_gone(desk: Desk) -> None:
    files = desk.database.ports.get(FileStore)
    raw = await desk.get()
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        await ctx.session.execute(
            update(RawMail).values(state="failed", reason="unexpected", conversation_id=None)
        )
    await files.put(
        path_of(desk.workspace, raw.id),
        b"From: bob@home.example\r\nMessage-ID: <other@x>\r\n\r\nI am another.",
    )

    counts = await mail_again.work(desk.database, "failed", only=frozenset({raw.id}))

    assert counts == {"stored": 1}
    assert len(await desk.conversations()) == 2


async def test_what_was_read_before_gets_its_words_anew(desk: Desk) -> None:
    raw = await desk.get("Where is it?\n\n> quoted words")
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        await ctx.session.execute(update(Message).values(body="WhÃ¤t", html="<p>WhÃ¤t</p>"))
        await ctx.session.execute(update(MailDetail).values(quoted_html=""))
    only = frozenset({raw.id})

    first = await mail_again.work(desk.database, "stored", only=only)
    again = await mail_again.work(desk.database, "stored", only=only)

    assert (first, again) == ({"changed": 1}, {"unchanged": 1})
    (message,) = await desk.messages(raw.conversation_id)
    assert message.body == "Where is it?"
    assert "quoted words" in (await desk.detail(raw)).quoted_html
    assert (await desk.detail(raw)).verdict is not None


async def test_an_original_that_is_gone_is_told_and_changes_nothing(desk: Desk) -> None:
    raw = await desk.get()
    await desk.database.ports.get(FileStore).delete(path_of(desk.workspace, raw.id))

    counts = await mail_again.work(desk.database, "stored", only=frozenset({raw.id}))

    assert counts == {"file_not_found": 1}
