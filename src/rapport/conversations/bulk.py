"""One change for many conversations."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from rapport.conversations import service as conversations
from rapport.conversations.reading.service import many
from rapport.conversations.repository import ConversationRepository
from rapport.conversations.schemas import BulkIn, ConversationOut
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, Malformed

_NEEDS: Final = {
    "assign": "conversations.assign",
    "team": "conversations.assign",
    "priority": "conversations.assign",
    "status": "conversations.resolve",
    "tag": "conversations.tag",
    "untag": "conversations.tag",
    "seen": "conversations.read",
}


class FieldMissing(Malformed):
    """The action needs a field that is not there."""


async def change(ctx: Ctx, wanted: BulkIn) -> list[ConversationOut]:
    """Do the same to many conversations, all or none, and return them as they are afterwards.

    Conversations that do not exist here are left out.

    Raises:
        Forbidden: the actor may not do that.
        FieldMissing: `status` or `priority` is not given though the action sets it.
        NotAMember, TagNotFound, SnoozeInThePast: see the single change.
    """
    if _NEEDS[wanted.action] not in ctx.actor.permissions:
        raise Forbidden(f"This needs the permission {_NEEDS[wanted.action]!r}.")
    apply = _change_of(ctx, wanted)
    # Locked in the order of their ids, as everywhere: two of these cannot wait for each other.
    rows = await ConversationRepository(ctx).many(wanted.ids, lock=True)
    for row in rows:
        await apply(row.id)
    known = {row.id for row in rows}
    return await many(ctx, [id_ for id_ in dict.fromkeys(wanted.ids) if id_ in known])


def _change_of(ctx: Ctx, wanted: BulkIn) -> Callable[[UUID], Awaitable[object]]:
    status, priority = wanted.status, wanted.priority
    match wanted.action:
        case "assign":
            return lambda id_: conversations.assign(ctx, id_, to=wanted.assignee_id)
        case "team":
            return lambda id_: conversations.assign_team(ctx, id_, to=wanted.team_id)
        case "tag":
            return lambda id_: conversations.add_tags(ctx, id_, wanted.tag_ids)
        case "untag":
            return lambda id_: conversations.remove_tags(ctx, id_, wanted.tag_ids)
        case "seen":
            return lambda id_: conversations.mark_seen(ctx, id_, 2**31 - 1)
        case "status" if status is not None:
            return lambda id_: conversations.set_status(
                ctx, id_, status, snoozed_until=wanted.snoozed_until
            )
        case "priority" if priority is not None:
            return lambda id_: conversations.prioritise(ctx, id_, priority)
        case _:
            raise FieldMissing(f"{wanted.action!r} needs its field.")
