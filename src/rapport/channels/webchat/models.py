"""Web chats and the browsers that visit them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel, reference


class WebChat(WorkspaceModel):
    """How one inbox looks and behaves on a web site. Its id is the inbox's."""

    __tablename__ = "webchat_inboxes"
    __table_args__ = (
        reference("inboxes", "id", ondelete="CASCADE"),
        CheckConstraint("position IN ('left', 'right')", name="position_known"),
        CheckConstraint("theme IN ('auto', 'light', 'dark')", name="theme_known"),
    )

    key: Mapped[str] = mapped_column(unique=True)
    """Public: it stands in the script tag, and says which chat a page means. It opens nothing."""
    team_name: Mapped[str]
    greeting: Mapped[str]
    color: Mapped[str]
    position: Mapped[str]
    theme: Mapped[str]
    locale: Mapped[str]
    texts: Mapped[dict[str, Any]]
    """The widget's own sentences that this chat says differently, by their key."""
    pre_chat: Mapped[dict[str, Any]]
    allowed_origins: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Web sites that may carry the widget; none named means any."""
    require_identity: Mapped[bool]
    identity_secret: Mapped[str | None]
    """Sealed. The web site's server signs its visitors' identity with it."""


class VisitorSession(WorkspaceModel):
    """One browser that talks to one web chat, for as long as it keeps its token.

    `verified_until` is set when the web site proved who the visitor is.
    """

    __tablename__ = "visitor_sessions"
    __table_args__ = (
        reference("webchat_inboxes", "inbox_id", ondelete="CASCADE"),
        reference("customers", "customer_id", ondelete="CASCADE"),
        Index("ix_visitor_sessions_customer", "workspace_id", "customer_id"),
        Index("ix_visitor_sessions_expires", "expires_at"),
    )

    token_digest: Mapped[bytes] = mapped_column(unique=True)
    inbox_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    verified_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
