"""Access that ends, in whichever process: every process forgets it and closes what it opened."""

from uuid import UUID

from rapport.kernel.auth.principals import Principals
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.hub import Hub


def watch(hub: Hub, database: Database) -> None:
    """Have `hub` look again at the connections of whoever lost a session, a key or a role."""

    async def look_again(record: Recorded) -> None:
        payload = record.payload
        actor_id = UUID(payload["actor_id"] if "actor_id" in payload else payload["user_id"])
        Principals.of(database).forget_actor(actor_id)
        await hub.verify_actor(actor_id)

    hub.watch("auth.access_ended", look_again)
    hub.watch("auth.member_changed", look_again)
