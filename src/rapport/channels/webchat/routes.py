"""What widgets call. Open to every origin, without cookies: the token is all that counts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from rapport.channels.webchat import service as webchats
from rapport.channels.webchat import sessions
from rapport.channels.webchat.errors import (
    IdentityRefused,
    MessageEmpty,
    OriginRefused,
    VisitorUnknown,
    WidgetNotFound,
)
from rapport.channels.webchat.limits import SESSIONS, TYPING, UPLOADS, VisitorLimits
from rapport.channels.webchat.models import WebChat
from rapport.channels.webchat.repository import Place, Visitor, place_of
from rapport.channels.webchat.schemas import (
    ConfigOut,
    FirstMessageIn,
    IdentityIn,
    SeenIn,
    SessionIn,
    SessionOut,
    StartedOut,
    TypingIn,
    VisitorMessageIn,
    VisitorOut,
    VisitorPatch,
)
from rapport.channels.webchat.visitors import (
    admitted_by,
    bearer,
    foreign_origin,
    principal_of,
    require_origin,
    visitor_by,
)
from rapport.conversations import service as conversations
from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.ports import NewMessage
from rapport.conversations.schemas import VisitorConversation, VisitorMessage
from rapport.kernel.auth.http import address
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import TooMany
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.routes import UPLOAD_PROBLEMS, receive
from rapport.kernel.files.schemas import FileOut
from rapport.kernel.files.uploads import MULTIPART_BODY
from rapport.kernel.http import Principal, problems, work_route
from rapport.kernel.limits import network
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.schemas import Page

_REFUSALS = problems(VisitorUnknown, OriginRefused, TooMany)


async def _admitted(request: Request) -> Principal:
    visitor = await admitted_by(request)
    request.state.visitor = visitor
    return principal_of(visitor)


async def _work(request: Request) -> Ctx:
    ctx: Ctx = request.state.ctx
    return ctx


async def _visitor(request: Request) -> Visitor:
    visitor: Visitor = request.state.visitor
    return visitor


Work = Annotated[Ctx, Depends(_work)]
Me = Annotated[Visitor, Depends(_visitor)]

router = APIRouter(tags=["widget"], prefix="/widget/v1")
mine = APIRouter(
    tags=["widget"],
    prefix="/widget/v1",
    route_class=work_route(_admitted),
    responses=problems(VisitorUnknown, OriginRefused),
)


@router.get("/config", response_model=ConfigOut, responses=problems(WidgetNotFound, OriginRefused))
async def get_widget_config(
    key: Annotated[str, Query(max_length=100)], request: Request
) -> ConfigOut:
    """How a chat looks and greets. Public."""
    place = await _place(request, key)
    async with _database(request).begin(place.workspace_id, SYSTEM) as ctx:
        return await webchats.config(ctx, await _allowed_here(ctx, request, place))


@router.post(
    "/session",
    response_model=SessionOut,
    responses=problems(WidgetNotFound, OriginRefused, IdentityRefused, TooMany),
)
async def start_visitor_session(body: SessionIn, request: Request) -> SessionOut:
    """Come, or come back: a token that is still good is kept, proof of identity is checked."""
    database = _database(request)
    VisitorLimits.of(database).take(SESSIONS, network(address(request)))
    place = await _place(request, body.key)
    known = await visitor_by(database, body.token) if body.token else None
    if known is not None and known.workspace_id != place.workspace_id:
        raise VisitorUnknown
    async with database.begin(place.workspace_id, SYSTEM) as ctx:
        chat = await _allowed_here(ctx, request, place)
        arrival = await sessions.arrive(ctx, chat, body, known)
    async with database.begin(place.workspace_id, SYSTEM) as ctx:
        return await sessions.welcome(ctx, arrival)


@router.post(
    "/identify",
    response_model=SessionOut,
    responses=problems(VisitorUnknown, OriginRefused, TooMany),
)
async def identify_visitor(body: IdentityIn, request: Request) -> SessionOut:
    """Prove who the visitor is. The token in the answer may be another one: use it from now on."""
    database = _database(request)
    VisitorLimits.of(database).take(SESSIONS, network(address(request)))
    token = bearer(request)
    known = await visitor_by(database, token)
    proof = SessionIn(key="", token=token, identity=body.jwt)
    place = Place(known.workspace_id, known.inbox_id)
    async with database.begin(place.workspace_id, SYSTEM) as ctx:
        chat = await _allowed_here(ctx, request, place)
        arrival = await sessions.arrive(ctx, chat, proof, known)
    async with database.begin(place.workspace_id, SYSTEM) as ctx:
        return await sessions.welcome(ctx, arrival)


@router.post("/sign-out", status_code=204, responses=problems(VisitorUnknown))
async def sign_visitor_out(request: Request) -> None:
    """End the visitor's session in this browser."""
    database, token = _database(request), bearer(request)
    visitor = await visitor_by(database, token)
    async with database.begin(visitor.workspace_id, principal_of(visitor).actor) as ctx:
        await sessions.leave(ctx, visitor, token)


@router.post(
    "/files",
    status_code=201,
    response_model=FileOut,
    responses={**UPLOAD_PROBLEMS, **_REFUSALS},
    openapi_extra=MULTIPART_BODY,
)
async def upload_visitor_file(request: Request) -> FileOut:
    """Upload one file, to be attached to a message within a day."""
    visitor = await admitted_by(request)
    VisitorLimits.of(_database(request)).take(UPLOADS, str(visitor.session_id))
    return await receive(request, principal_of(visitor))


@router.post(
    "/conversations/{conversation_id}/typing",
    status_code=204,
    responses=problems(VisitorUnknown, OriginRefused, ConversationNotFound, TooMany),
)
async def show_visitor_typing(conversation_id: UUID, body: TypingIn, request: Request) -> None:
    """Show the agents that the visitor writes, or stopped. Never stored."""
    visitor, database = await admitted_by(request), _database(request)
    VisitorLimits.of(database).take(TYPING, str(visitor.session_id))
    hub = database.ports.find(Hub)
    if hub is not None and not await hub.typing(principal_of(visitor), conversation_id, on=body.on):
        raise ConversationNotFound


@mine.patch("/visitor", response_model=VisitorOut)
async def update_visitor(body: VisitorPatch, ctx: Work, me: Me) -> VisitorOut:
    """Note what the visitor, or the page around the widget, says about them."""
    customer = await sessions.introduce(ctx, me, body)
    return sessions.describe(customer, me.customer_id, is_verified=me.is_verified)


@mine.post(
    "/conversations",
    status_code=201,
    response_model=StartedOut,
    responses=problems(MessageEmpty, FileNotFound, TooMany),
)
async def begin_conversation(
    body: FirstMessageIn, ctx: Work, me: Me, request: Request
) -> StartedOut:
    """Begin a conversation with its first message; the same `client_id` twice begins one."""
    _count_message(request, me)
    _require_content(body.body, body.attachment_ids)
    return await sessions.begin(ctx, me, body)


@mine.get("/conversations", response_model=Page[VisitorConversation])
async def list_visitor_conversations(ctx: Work, me: Me) -> Page[VisitorConversation]:
    """The visitor's last 50 conversations, the last started first."""
    found = await conversations.visitor_conversations(ctx, me.customer_id)
    return Page(items=found, next=None)


@mine.get(
    "/conversations/{conversation_id}/messages",
    response_model=Page[VisitorMessage],
    responses=problems(ConversationNotFound),
)
async def list_visitor_messages(
    conversation_id: UUID,
    ctx: Work,
    me: Me,
    before_seq: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    after_seq: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[VisitorMessage]:
    """What was said, in ascending order: the newest, those before, or the first ones after."""
    return await conversations.visitor_messages(
        ctx,
        me.customer_id,
        conversation_id,
        before_seq=before_seq,
        after_seq=after_seq,
        limit=limit,
    )


@mine.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    response_model=VisitorMessage,
    responses=problems(MessageEmpty, ConversationNotFound, TooMany),
)
async def send_visitor_message(
    conversation_id: UUID, body: VisitorMessageIn, ctx: Work, me: Me, request: Request
) -> VisitorMessage:
    """Say something; the same `client_id` twice is stored once.

    Messages without files are served by the hot lane, which answers the same.
    """
    _count_message(request, me)
    _require_content(body.body, body.attachment_ids)
    stored = await conversations.append(
        ctx,
        conversation_id,
        NewMessage(
            workspace_id=me.workspace_id,
            conversation_id=conversation_id,
            body=body.body,
            author_kind="customer",
            author_id=me.customer_id,
            author_name=me.name,
            by_visitor=True,
            client_id=body.client_id,
            attachment_ids=body.attachment_ids,
        ),
    )
    return await conversations.visitor_message(ctx, me.customer_id, conversation_id, stored.seq)


@mine.put(
    "/conversations/{conversation_id}/seen",
    status_code=204,
    responses=problems(ConversationNotFound),
)
async def mark_visitor_seen(conversation_id: UUID, body: SeenIn, ctx: Work, me: Me) -> None:
    """Note how far the visitor has read; the mark only ever moves forward."""
    await conversations.mark_seen_by_customer(ctx, conversation_id, body.seq)


def _count_message(request: Request, me: Visitor) -> None:
    limits = VisitorLimits.of(_database(request))
    limits.take_message(str(me.session_id), address(request))


def _require_content(body: str, attachment_ids: list[UUID]) -> None:
    if not body.strip() and not attachment_ids:
        raise MessageEmpty


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _place(request: Request, key: str) -> Place:
    async with _database(request).connect() as session:
        place = await place_of(session, key)
    if place is None:
        raise WidgetNotFound
    return place


async def _allowed_here(ctx: Ctx, request: Request, place: Place) -> WebChat:
    chat = await webchats.get(ctx, place.inbox_id)
    origin = foreign_origin(request)
    if origin is not None and chat.allowed_origins:
        require_origin(_database(request), origin, chat.allowed_origins)
    return chat
