"""Solved conversations as a source of answers: what is told of them has nothing of anybody's.

Off until an administrator switches it on. For others: `similar(ctx, text, k)`, the conversations in
which something like it was solved, for agents.
"""

from collections.abc import Collection
from typing import Final, cast
from uuid import UUID

from rapport.ai.solved.errors import SolvedDecided, SolvedNotFound
from rapport.ai.solved.models import SolvedConversation
from rapport.ai.solved.repository import COUNTED_UP_TO, SolvedRepository
from rapport.ai.solved.running import cancel, catch_up, go_on, start
from rapport.ai.solved.runs.repository import RunRepository
from rapport.ai.solved.safety.vocabulary import Vocabulary
from rapport.ai.solved.schemas import (
    Counted,
    RunState,
    Similar,
    SolvedRow,
    SolvedStatus,
    State,
)
from rapport.ai.solved.settings import SolvedSettings
from rapport.ai.solved.taking import make_room, people_in, put_in_use, take_out
from rapport.conversations import service as conversations
from rapport.kernel import richtext
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import Page
from rapport.kernel.settings import workspace as workspace_settings
from rapport.knowledge import service as knowledge
from rapport.knowledge.solved import service as documents

__all__ = [
    "approve",
    "cancel",
    "catch_up",
    "change",
    "follow",
    "forget",
    "go_on",
    "look_again",
    "one",
    "page",
    "reject",
    "remove",
    "settings_of",
    "settle",
    "similar",
    "start",
    "status",
]

_FORGOTTEN: Final = 500


async def settings_of(ctx: Ctx) -> SolvedSettings:
    """How the workspace uses solved conversations."""
    return await workspace_settings.get(ctx, SolvedSettings)


async def change(ctx: Ctx, wanted: SolvedSettings) -> SolvedSettings:
    """Use solved conversations like this from now on; what does not fit any more goes at once.

    Raises:
        InboxNotFound: an inbox is not in this workspace.
    """
    for inbox_id in wanted.inbox_ids:
        await conversations.get_inbox(ctx, inbox_id)
    changed = await workspace_settings.update(ctx, SolvedSettings, wanted.model_dump())
    await settle(ctx)
    return changed


async def settle(ctx: Ctx) -> None:
    """Let what is used fit the settings. What fits already stays as it is.

    Where customers may be told from now on what was approved for colleagues alone, and people
    review, they look at it again.
    """
    settings = await settings_of(ctx)
    solved = SolvedRepository(ctx)
    await solved.forget_told(settings.inbox_ids if settings.is_on else [])
    if settings.audience == "internal":
        await documents.open_to(ctx, "internal")
    elif settings.is_reviewed:
        await documents.drop(ctx, await solved.ask_again(audience_before="internal"))
    else:
        await documents.open_to(ctx, "public")
    await make_room(ctx, settings)


async def page(
    ctx: Ctx, state: State, *, cursor: str | None = None, limit: int = 50
) -> Page[SolvedRow]:
    """Those in a state, the last solved first. Raises CursorMalformed."""
    rows, following = await SolvedRepository(ctx).page(state, cursor=cursor, limit=limit)
    return Page(items=[shown(row) for row in rows], next=following)


async def one(ctx: Ctx, conversation_id: UUID) -> SolvedRow:
    """What is told of one conversation. Raises SolvedNotFound, also while it is queued."""
    row = await SolvedRepository(ctx).get(conversation_id)
    if row.state == "queued":
        raise SolvedNotFound
    return shown(row)


async def approve(ctx: Ctx, conversation_id: UUID) -> SolvedRow:
    """Let others' questions be answered from one that waits.

    Raises:
        SolvedNotFound: no such solved conversation.
        SolvedDecided: it does not wait, or meanwhile more is known of whose it is.
    """
    row = await _waiting(ctx, conversation_id)
    if await _is_told(ctx, row):
        raise SolvedDecided
    settings = await settings_of(ctx)
    await put_in_use(ctx, row, settings)
    await _record(ctx, "solved.approved", row)
    return shown(row)


async def reject(ctx: Ctx, conversation_id: UUID) -> SolvedRow:
    """Say of one that waits that nobody is to be told of it; its words are forgotten.

    Raises:
        SolvedNotFound: no such solved conversation.
        SolvedDecided: it does not wait.
    """
    row = await _waiting(ctx, conversation_id)
    await take_out(ctx, row, "rejected")
    await _record(ctx, "solved.rejected", row)
    return shown(row)


async def remove(ctx: Ctx, conversation_id: UUID) -> None:
    """Take one out, wherever it stands; it is not taken again while it stays resolved.

    Raises:
        SolvedNotFound: no such solved conversation.
    """
    row = await SolvedRepository(ctx).get(conversation_id, lock=True)
    await take_out(ctx, row, "removed")
    await _record(ctx, "solved.removed", row)


async def status(ctx: Ctx) -> SolvedStatus:
    """What there is, and how far conversations from before were looked through."""
    run = await RunRepository(ctx).find()
    settings = await settings_of(ctx)
    return SolvedStatus(
        is_on=settings.is_on,
        waiting=await _counted(ctx, "waiting"),
        in_use=await _counted(ctx, "in_use"),
        refused=await _counted(ctx, "refused"),
        queued=await _counted(ctx, "queued"),
        state="never" if run is None else cast("RunState", run.state),
        total=0 if run is None else run.total,
        looked=0 if run is None else run.looked,
        started_at=None if run is None else run.started_at,
        finished_at=None if run is None else run.finished_at,
    )


async def similar(ctx: Ctx, text: str, k: int = 5) -> list[Similar]:
    """The solved conversations in which something like `text` was asked, the nearest first.

    At most `k`, 1 to 20, of those in use; for people who may read conversations.
    """
    found = await knowledge.retrieve(ctx, text, limit=k, audience="internal", solved="only")
    passages = knowledge.fitting(found)
    rows = await SolvedRepository(ctx).many([p.article_id for p in passages])
    return [
        Similar(
            conversation_id=row.id,
            question=row.question,
            answer=row.answer,
            answer_html=richtext.render(row.answer),
            solved_at=row.solved_at,
            score=p.bm25 if p.cosine is None else p.cosine,
        )
        for p in passages
        if (row := rows.get(p.article_id)) is not None
    ]


async def follow(ctx: Ctx, conversation_ids: Collection[UUID]) -> None:
    """Let what is kept of these conversations follow what has become of them."""
    settings = await settings_of(ctx)
    inboxes = settings.inbox_ids if settings.is_on else []
    await SolvedRepository(ctx).refresh(conversation_ids, inboxes)


async def look_again(ctx: Ctx, customer_id: UUID) -> None:
    """Take out what proves to be of a customer by what has become known of them."""
    for row in await SolvedRepository(ctx).told_of(customer_id):
        if await _is_told(ctx, row):
            await take_out(ctx, row, "answer_not_safe")


async def forget(ctx: Ctx, things: Collection[UUID]) -> int:
    """Forget what came of these conversations and customers, some at a time; how many."""
    return await SolvedRepository(ctx).forget(things, limit=_FORGOTTEN)


def shown(row: SolvedConversation) -> SolvedRow:
    """One as lists show it."""
    return SolvedRow.model_validate(
        {
            **{
                name: getattr(row, name) for name in SolvedRow.model_fields if name != "answer_html"
            },
            "answer_html": richtext.render(row.answer),
        }
    )


async def _counted(ctx: Ctx, state: str) -> Counted:
    count = await SolvedRepository(ctx).count(state)
    return Counted(count=min(count, COUNTED_UP_TO), capped=count > COUNTED_UP_TO)


async def _waiting(ctx: Ctx, conversation_id: UUID) -> SolvedConversation:
    row = await SolvedRepository(ctx).get(conversation_id, lock=True)
    if row.state != "waiting":
        raise SolvedDecided
    return row


async def _is_told(ctx: Ctx, row: SolvedConversation) -> bool:
    """Whether it holds anything that is known of its customer now."""
    people, vocabulary = await people_in(ctx, row), Vocabulary(ctx)
    text = f"{row.question}\n{row.answer}"
    await vocabulary.learn([text])
    return people.are_in(text, vocabulary.everybody)


async def _record(ctx: Ctx, verb: str, row: SolvedConversation) -> None:
    await ctx.session.flush()
    details: dict[str, object] = {"reason": row.reason} if row.reason else {}
    await audit.record(ctx, verb, subject=f"conversation:{row.id}", details=details)
