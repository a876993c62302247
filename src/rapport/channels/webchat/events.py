"""What happens to web chats and their visitors. Carries ids only."""

from uuid import UUID

from rapport.kernel.events import Event


class VisitorSessionEnded(Event, name="webchat.session_ended"):
    """A visitor signed out, or proved who they are and got another session."""

    session_id: UUID
    customer_id: UUID


class WebChatChanged(Event, name="webchat.changed"):
    """A web chat looks different, or admits others."""

    inbox_id: UUID
