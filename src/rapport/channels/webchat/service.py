"""Web chats: how they look, where they may be shown, and who may use them."""

from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from rapport.channels.webchat import identity
from rapport.channels.webchat.errors import (
    IdentityRefused,
    IdentityUnconfigured,
    NotAWebChat,
)
from rapport.channels.webchat.events import WebChatChanged
from rapport.channels.webchat.models import WebChat
from rapport.channels.webchat.ports import AssistantFace
from rapport.channels.webchat.repository import WebChatRepository
from rapport.channels.webchat.schemas import (
    DEFAULT_PRE_CHAT,
    AssistantName,
    ConfigOut,
    PreChat,
    WebChatOut,
    WebChatPatch,
)
from rapport.channels.webchat.visitors import Visitors
from rapport.conversations import service as conversations
from rapport.conversations.models import Inbox
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.secrets import service as secrets
from rapport.kernel.settings.process import Settings

CHANNEL = "webchat"
_KEY_BYTES = 12
_PURPOSE = "webchat.identity_secret"


async def create(ctx: Ctx, *, name: str, first_handler: str = "none", **looks: Any) -> WebChat:
    """A new inbox with its web chat. `looks` may set any of the chat's columns."""
    inbox = await conversations.create_inbox(
        ctx, name=name, channel=CHANNEL, first_handler=first_handler
    )
    return await _add(ctx, inbox, **looks)


async def get(ctx: Ctx, inbox_id: UUID, *, lock: bool = False) -> WebChat:
    """The web chat of an inbox, made with its defaults if nobody has looked at it yet.

    Raises:
        InboxNotFound: no such inbox in this workspace.
        NotAWebChat: the inbox belongs to another channel.
    """
    chat = await WebChatRepository(ctx).find(inbox_id, lock=lock)
    if chat is not None:
        return chat
    inbox = await conversations.get_inbox(ctx, inbox_id, lock=True)
    if inbox.channel != CHANNEL:
        raise NotAWebChat
    return await WebChatRepository(ctx).find(inbox_id) or await _add(ctx, inbox)


async def _add(ctx: Ctx, inbox: Inbox, **looks: Any) -> WebChat:
    defaults: dict[str, Any] = {
        "key": token_urlsafe(_KEY_BYTES),
        "team_name": inbox.name,
        "greeting": "Hello! How can we help?",
        "color": "#4353cf",
        "position": "right",
        "theme": "auto",
        "locale": "en",
        "texts": {},
        "pre_chat": DEFAULT_PRE_CHAT,
        "allowed_origins": [],
        "require_identity": False,
        "identity_secret": None,
    }
    return await WebChatRepository(ctx).add(id=inbox.id, **(defaults | looks))


async def change(ctx: Ctx, inbox_id: UUID, patch: WebChatPatch) -> WebChat:
    """Change a web chat; pages that are open notice when they load again.

    Raises:
        InboxNotFound, NotAWebChat: see `get`.
        IdentityUnconfigured: identity is to be required, and there is no secret to prove it with.
    """
    chat = await get(ctx, inbox_id, lock=True)
    changes = {
        name: value
        for name, value in patch.model_dump(exclude_unset=True).items()
        if value is not None
    }
    changed = {name: value for name, value in changes.items() if getattr(chat, name) != value}
    for name, value in changed.items():
        setattr(chat, name, value)
    if chat.require_identity and chat.identity_secret is None:
        raise IdentityUnconfigured
    if changed:
        await ctx.session.flush()
        forget_visitors(ctx)
        await emit(ctx, WebChatChanged(inbox_id=inbox_id))
        await audit.record(
            ctx,
            "webchat.changed",
            subject=f"inbox:{inbox_id}",
            name=await _name(ctx, inbox_id),
            details={"fields": sorted(changed)},
        )
    return chat


async def renew_identity_secret(ctx: Ctx, inbox_id: UUID) -> str:
    """Make a new identity secret and return it, this once; tokens signed with the old one fail.

    Raises:
        InboxNotFound, NotAWebChat: see `get`.
    """
    chat = await get(ctx, inbox_id, lock=True)
    secret = identity.new_secret()
    chat.identity_secret = await secrets.seal(ctx, _PURPOSE, secret)
    await ctx.session.flush()
    await audit.record(
        ctx,
        "webchat.identity_secret_renewed",
        subject=f"inbox:{inbox_id}",
        name=await _name(ctx, inbox_id),
        details={},
    )
    return secret


async def _name(ctx: Ctx, inbox_id: UUID) -> str:
    return (await conversations.get_inbox(ctx, inbox_id)).name


async def verified_identity(ctx: Ctx, chat: WebChat, token: str) -> identity.Identity:
    """Who a visitor is, by the web site's signed word.

    Raises:
        IdentityRefused: the word is forged, expired, or meant for another chat.
    """
    if chat.identity_secret is None:
        raise IdentityRefused
    secret = await secrets.open(ctx, _PURPOSE, chat.identity_secret)
    return identity.read(token, secret=secret, inbox_id=chat.id, now=ctx.now())


def describe(ctx: Ctx, chat: WebChat) -> WebChatOut:
    """A web chat as agents see it: everything but the secret."""
    origin = ctx.port(Settings).origin
    return WebChatOut(
        inbox_id=chat.id,
        key=chat.key,
        greeting=chat.greeting,
        team_name=chat.team_name,
        color=chat.color,
        position=chat.position,
        theme=chat.theme,
        locale=chat.locale,
        texts=chat.texts,
        pre_chat=PreChat.model_validate(chat.pre_chat),
        allowed_origins=chat.allowed_origins,
        require_identity=chat.require_identity,
        identity_secret_set=chat.identity_secret is not None,
        script=f'<script src="{origin}/widget.js" data-key="{chat.key}" async></script>',
    )


async def config(ctx: Ctx, chat: WebChat) -> ConfigOut:
    """What a widget needs to know before anybody speaks."""
    inbox = await conversations.get_inbox(ctx, chat.id)
    face = ctx.ports.find(AssistantFace)
    hub = ctx.ports.find(Hub)
    assistant = await face.name(ctx, chat.id) if face is not None else None
    return ConfigOut(
        name=inbox.name,
        team_name=chat.team_name,
        greeting=chat.greeting,
        color=chat.color,
        position=chat.position,
        theme=chat.theme,
        locale=chat.locale,
        texts=chat.texts,
        pre_chat=PreChat.model_validate(chat.pre_chat),
        require_identity=chat.require_identity,
        agents_online=hub is not None and hub.agents_online(ctx.workspace_id),
        assistant=AssistantName(name=assistant) if assistant else None,
        max_file_bytes=ctx.port(Settings).max_file_bytes,
    )


def forget_visitors(ctx: Ctx) -> None:
    """Have this process look every visitor up again: the rules have changed."""
    memory = ctx.ports.find(Visitors)
    if memory is not None:
        memory.clear()
