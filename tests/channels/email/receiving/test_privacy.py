"""Messages as they came are kept as long as a rule says, and forgotten with whom they are about."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rapport.channels.email import privacy as parts
from rapport.channels.email.models import Known, MailDetail, RawMail
from rapport.channels.email.receiving.raw import bytes_of
from rapport.kernel.context import SYSTEM
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.store import FileStore
from rapport.kernel.personal import Reach, Rooms, rooms
from rapport.kernel.privacy.forgetting import erase_all
from tests.channels.email.receiving.conftest import Desk

assert parts.AT_ONCE


async def test_old_originals_go_and_what_they_said_stays(desk: Desk) -> None:
    old = await desk.get()
    desk.clock.forward(days=40)
    new = await desk.get()
    kind = rooms.kinds()["email.originals"]

    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        reach = Reach(ctx.now() - timedelta(days=30), None)
        found = await kind.find(ctx, reach, "delete", 10)
        assert [it.id for it in found] == [old.id]
        assert await kind.remove(ctx, [it.id for it in found], "delete") == 1

    files = desk.database.ports.get(FileStore)
    with pytest.raises(FileNotFound):
        await bytes_of(files, desk.workspace, old.id)
    assert await bytes_of(files, desk.workspace, new.id)
    assert (await desk.detail(old)).raw_id is None
    assert len(await desk.messages(old.conversation_id)) == 1


async def test_erasing_a_conversation_forgets_its_mail_and_keeps_it_from_coming_back(
    desk: Desk,
) -> None:
    raw = await desk.get(message_id="<one@home.example>")
    assert raw.conversation_id is not None
    things = frozenset({raw.conversation_id})

    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        await erase_all(ctx, Rooms({"email": rooms.known["email"]}), things)

    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        assert (await ctx.session.scalars(select(RawMail))).all() == []
        assert (await ctx.session.scalars(select(MailDetail))).all() == []
        known = (await ctx.session.scalars(select(Known))).one()
        assert (known.conversation_id, known.participants) == (None, [])
    again = await desk.get(message_id="<one@home.example>")
    assert (again.state, again.reason) == ("ignored", "deleted")
