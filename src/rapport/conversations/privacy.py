"""What was said: told, and forgotten. How often, when and about what stays."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rapport.conversations import retention
from rapport.conversations.erasing import repository
from rapport.conversations.erasing.repository import ErasingRepository
from rapport.conversations.events import (
    ConversationErased,
    ConversationStatusChanged,
    DraftChanged,
)
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.files import service as files
from rapport.kernel.files.privacy import enclosure
from rapport.kernel.personal import Counts, Enclosure, Room, Table, Things, rooms


async def _belongings(ctx: Ctx, things: Things) -> Things:
    return frozenset(await ErasingRepository(ctx).of_customers(things))


async def _files(ctx: Ctx, things: Things, place: Any) -> tuple[Sequence[Enclosure], Any]:
    portion = await repository.FILES(ctx, things, place)
    return [enclosure(ctx, row["id"], row["name"]) for row in portion.rows], portion.next


async def _erase(ctx: Ctx, things: Things) -> Counts:
    rows = ErasingRepository(ctx)
    messages = await rows.messages(things)
    done = Counter(messages=len(messages), files=await files.remove_of(ctx, "message", messages))
    if messages:
        return done
    closed = await rows.conversations(things)
    for conversation_id, status in closed:
        if status != "resolved":
            changed = ConversationStatusChanged(
                conversation_id=conversation_id, previous=status, status="resolved"
            )
            await emit(ctx, changed, subject=conversation_id)
        erased = ConversationErased(conversation_id=conversation_id)
        await emit(ctx, erased, subject=conversation_id)
    drafts = await rows.drafts(things)
    for conversation_id, agent_id in drafts:
        await emit(ctx, DraftChanged(conversation_id=conversation_id, agent_id=agent_id))
    return done + Counter(
        conversations=len(closed),
        drafts=len(drafts),
        starts=len(await rows.starts(things)),
        rejected=len(await rows.rejected(things)),
        search=len(await rows.search_documents(things)),
    )


rooms.add(
    Room(
        key="conversations",
        about="What was said, in conversations, notes and drafts.",
        tables=(
            Table("conversations", "Their conversations.", repository.CONVERSATIONS),
            Table("messages", "Messages and the team's notes, in order.", repository.MESSAGES),
            Table("drafts", "Replies that agents had not sent.", repository.DRAFTS),
            Table("rejected", "Messages that could not be stored.", repository.REJECTED),
        ),
        enclosures=_files,
        belongings=_belongings,
        erase=_erase,
        kinds=retention.KINDS,
        named_by=("conversation_id",),
    )
)
