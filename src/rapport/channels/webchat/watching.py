"""Sessions that end and rules that change, in whichever process: all of them act on it at once."""

from uuid import UUID

from rapport.channels.webchat.visitors import Visitors
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.hub import Hub


def watch(hub: Hub, database: Database) -> None:
    """Have every process forget what it remembers of visitors when it no longer holds."""

    async def end(record: Recorded) -> None:
        Visitors.of(database).forget_session(UUID(record.payload["session_id"]))
        await hub.verify_actor(UUID(record.payload["customer_id"]))

    async def look_again(_: Recorded) -> None:
        Visitors.of(database).clear()

    hub.watch("webchat.session_ended", end)
    hub.watch("webchat.changed", look_again)
    hub.watch("conversations.catalogue_changed", look_again)
