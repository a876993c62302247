"""What customers told is told to them, and forgotten with them."""

import rapport.ai.gathering.privacy  # noqa: F401 - tells what there is
from rapport.kernel.personal import rooms
from tests.ai.gathering.conftest import ORDER, SIZE, Desk
from tests.conftest import Begin


async def test_what_was_told_is_exported_and_erased(desk: Desk, begin: Begin) -> None:
    await desk.need(ORDER, SIZE)
    gone, kept = await desk.ask(), await desk.ask()
    for talk in (gone, kept):
        await desk.say(talk, "R-10234")
    room = rooms.known["gathering"]
    (table,) = room.tables

    async with begin() as ctx:
        (row,) = (await table.rows(ctx, frozenset({gone.id}), None)).rows
    async with begin() as ctx:
        erased = await room.erase(ctx, frozenset({gone.id}))
        again = await room.erase(ctx, frozenset({gone.id}))
    async with begin() as ctx:
        left = (await table.rows(ctx, frozenset({gone.id, kept.id}), None)).rows

    assert (row["conversation_id"], row["intent"], row["state"]) == (gone.id, "parcel", "asking")
    assert row["known"] == {"order": {"value": "R-10234", "source": "asked"}}
    assert erased == {"gatherings": 1}
    assert again == {}
    assert [it["conversation_id"] for it in left] == [kept.id]
