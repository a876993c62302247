"""Conversations, and the agents who hold them."""

from typing import Any
from uuid import UUID

from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation, Inbox
from rapport.conversations.ports import NewMessage, Stored
from rapport.customers.models import Customer
from rapport.kernel.auth import members
from rapport.kernel.auth.roles import Role, permissions
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.ids import new_id
from tests.make.customers import make_customer


async def make_inbox(ctx: Ctx, *, name: str = "Shop", **values: Any) -> Inbox:
    """A web chat inbox."""
    return await conversations.create_inbox(ctx, **{"name": name, "channel": "webchat", **values})


async def make_conversation(
    ctx: Ctx,
    *,
    inbox: Inbox | None = None,
    customer: Customer | None = None,
    body: str | None = "Where is my order?",
    **values: Any,
) -> Conversation:
    """An open conversation that began with a question."""
    inbox = inbox or await make_inbox(ctx)
    customer = customer or await make_customer(ctx)
    return await conversations.start(ctx, inbox.id, customer.id, body, **values)


def customer_message(conversation: Conversation, body: str, **values: Any) -> NewMessage:
    """What the customer of a conversation writes next."""
    given = {"author_id": conversation.customer_id, **values}
    return NewMessage(
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        body=body,
        **given,
    )


async def say(ctx: Ctx, conversation: Conversation, body: str, **values: Any) -> Stored:
    """Let the customer write."""
    return await conversations.append(
        ctx, conversation.id, customer_message(conversation, body, **values)
    )


async def make_agent(ctx: Ctx, *, name: str = "Ben Agent", role: Role = Role.AGENT) -> Actor:
    """A member of the workspace, acting."""
    user_id: UUID = await members.create(ctx, email=f"{new_id()}@example.com", name=name, role=role)
    return Actor("agent", user_id, permissions(role), name)
