"""The agent API of conversations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from rapport.conversations import bulk, seen
from rapport.conversations import service as conversations
from rapport.conversations.drafts import service as drafts
from rapport.conversations.errors import (
    ConversationNotFound,
    InboxNotFound,
    NewerMessages,
    NotAMember,
    TagNotFound,
)
from rapport.conversations.reading import service as reading
from rapport.conversations.schemas import (
    AssigneeIn,
    BulkIn,
    ConversationIn,
    ConversationOut,
    Counters,
    DraftIn,
    DraftOut,
    HandlerIn,
    MessageIn,
    MessageOut,
    PriorityIn,
    ReadBy,
    SeenIn,
    Sort,
    StatusIn,
    TagsIn,
    TeamIn,
    View,
)
from rapport.customers.errors import CustomerNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(prefix="/conversations", tags=["conversations"], route_class=AgentRoute)

CanRead = Annotated[Ctx, Depends(Permitted("conversations.read"))]
CanNote = Annotated[Ctx, Depends(Permitted("conversations.note"))]
CanStart = Annotated[Ctx, Depends(Permitted("conversations.start"))]
CanAssign = Annotated[Ctx, Depends(Permitted("conversations.assign"))]
CanResolve = Annotated[Ctx, Depends(Permitted("conversations.resolve"))]
CanTag = Annotated[Ctx, Depends(Permitted("conversations.tag"))]
Limit = Annotated[int, Query(ge=1, le=100)]
Seq = Annotated[int | None, Query(ge=0)]
MISSING = problems(ConversationNotFound)


@router.get("", responses=problems(CursorMalformed))
async def list_conversations(
    ctx: CanRead,
    view: View = View.ALL,
    sort: Sort = Sort.RECENT,
    inbox_id: UUID | None = None,
    tag_id: UUID | None = None,
    assignee_id: UUID | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ConversationOut]:
    """One page of a list of the inbox."""
    return await reading.page(
        ctx,
        view=view,
        sort=sort,
        inbox_id=inbox_id,
        tag_id=tag_id,
        assignee_id=assignee_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/counters")
async def count_conversations(ctx: CanRead) -> Counters:
    """The numbers beside the views, counted up to 100."""
    return await reading.counters(ctx)


@router.post("/bulk", responses=problems(NotAMember, TagNotFound))
async def change_many_conversations(body: BulkIn, ctx: CanRead) -> list[ConversationOut]:
    """One change for many conversations; those that do not exist are left out."""
    return await bulk.change(ctx, body)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(InboxNotFound, CustomerNotFound),
)
async def start_conversation(body: ConversationIn, ctx: CanStart) -> ConversationOut:
    """Write to a customer first."""
    conversation = await conversations.start(
        ctx,
        body.inbox_id,
        body.customer_id,
        body.body,
        author_kind="agent",
        author_id=ctx.actor.id,
        author_name=ctx.actor.name,
        subject=body.subject,
        client_id=body.client_id,
        handler="agent",
    )
    return await reading.one(ctx, conversation.id)


@router.get("/{conversation_id}", responses=MISSING)
async def read_conversation(conversation_id: UUID, ctx: CanRead) -> ConversationOut:
    """One conversation."""
    return await reading.one(ctx, conversation_id)


@router.get("/{conversation_id}/messages", responses=MISSING)
async def list_messages(
    conversation_id: UUID,
    ctx: CanRead,
    before_seq: Seq = None,
    after_seq: Seq = None,
    limit: Limit = 50,
) -> Page[MessageOut]:
    """Messages and notes in ascending order: the newest, those before, or the first ones after."""
    return await reading.messages(
        ctx, conversation_id, before_seq=before_seq, after_seq=after_seq, limit=limit
    )


@router.post(
    "/{conversation_id}/messages",
    status_code=status.HTTP_201_CREATED,
    responses=problems(ConversationNotFound, NewerMessages),
)
async def write_message(conversation_id: UUID, body: MessageIn, ctx: CanNote) -> MessageOut:
    """Reply to the customer, or leave a note for the team. Light agents may only leave notes."""
    _require(ctx, "conversations.reply", when=body.kind == "message")
    _require(ctx, "conversations.resolve", when=body.resolve)
    stored = await conversations.reply(
        ctx,
        conversation_id,
        body.body,
        kind=body.kind,
        client_id=body.client_id,
        attachment_ids=body.attachment_ids,
        cards=[card.model_dump(mode="json") for card in body.cards],
        expected_last_seq=body.expected_last_seq,
        resolve=body.resolve,
    )
    return await reading.message_at(ctx, conversation_id, stored.seq)


def _require(ctx: Ctx, permission: str, *, when: bool) -> None:
    if when and permission not in ctx.actor.permissions:
        raise Forbidden(f"This needs the permission {permission!r}.")


@router.put("/{conversation_id}/assignee", responses=problems(ConversationNotFound, NotAMember))
async def assign_conversation(
    conversation_id: UUID, body: AssigneeIn, ctx: CanAssign
) -> ConversationOut:
    """Hand a conversation to an agent, or back to the queue."""
    await conversations.assign(ctx, conversation_id, to=body.assignee_id)
    return await reading.one(ctx, conversation_id)


@router.put("/{conversation_id}/team", responses=problems(ConversationNotFound, NotAMember))
async def assign_conversation_to_team(
    conversation_id: UUID, body: TeamIn, ctx: CanAssign
) -> ConversationOut:
    """Hand a conversation to a team, or to none."""
    await conversations.assign_team(ctx, conversation_id, to=body.team_id)
    return await reading.one(ctx, conversation_id)


@router.put("/{conversation_id}/status", responses=MISSING)
async def set_conversation_status(
    conversation_id: UUID, body: StatusIn, ctx: CanResolve
) -> ConversationOut:
    """Open, set to pending, snooze or resolve a conversation."""
    await conversations.set_status(
        ctx, conversation_id, body.status, snoozed_until=body.snoozed_until
    )
    return await reading.one(ctx, conversation_id)


@router.put("/{conversation_id}/tags", responses=problems(ConversationNotFound))
async def tag_conversation(conversation_id: UUID, body: TagsIn, ctx: CanTag) -> ConversationOut:
    """Make these the tags of a conversation."""
    await conversations.set_tags(ctx, conversation_id, body.tag_ids)
    return await reading.one(ctx, conversation_id)


@router.put("/{conversation_id}/priority", responses=MISSING)
async def prioritise_conversation(
    conversation_id: UUID, body: PriorityIn, ctx: CanAssign
) -> ConversationOut:
    """Say how urgent a conversation is."""
    await conversations.prioritise(ctx, conversation_id, body.priority)
    return await reading.one(ctx, conversation_id)


@router.put("/{conversation_id}/handler", responses=MISSING)
async def set_conversation_handler(
    conversation_id: UUID, body: HandlerIn, ctx: CanAssign
) -> ConversationOut:
    """Say who answers: hand a conversation back to the assistant, or silence it."""
    await conversations.set_handler(ctx, conversation_id, body.handler)
    return await reading.one(ctx, conversation_id)


@router.put("/{conversation_id}/seen", responses=MISSING)
async def mark_conversation_seen(
    conversation_id: UUID, body: SeenIn, ctx: CanRead
) -> ConversationOut:
    """Note that I have read up to a message; the mark only moves forward."""
    await conversations.mark_seen(ctx, conversation_id, body.seq)
    return await reading.one(ctx, conversation_id)


@router.get("/{conversation_id}/read-by", responses=MISSING)
async def list_readers(conversation_id: UUID, ctx: CanRead) -> list[ReadBy]:
    """How far each agent has read."""
    return await seen.read_by(ctx, conversation_id)


@router.get("/{conversation_id}/draft", responses=MISSING)
async def read_draft(conversation_id: UUID, ctx: CanNote) -> DraftOut | None:
    """My draft in a conversation; null when I have none."""
    return await drafts.find(ctx, conversation_id)


@router.put("/{conversation_id}/draft", responses=MISSING)
async def save_draft(conversation_id: UUID, body: DraftIn, ctx: CanNote) -> DraftOut:
    """Keep a reply to finish later; an empty one is dropped."""
    return await drafts.save(ctx, conversation_id, body=body.body, kind=body.kind)


@router.delete(
    "/{conversation_id}/draft", status_code=status.HTTP_204_NO_CONTENT, responses=MISSING
)
async def drop_draft(conversation_id: UUID, ctx: CanNote) -> None:
    """Forget my draft; that there is none is fine."""
    await drafts.drop(ctx, conversation_id)
