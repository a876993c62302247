"""What happens to people and teams. Carries ids only."""

from uuid import UUID

from rapport.kernel.events.catalogue import Event
from rapport.kernel.personal import Code


class MemberJoined(Event, name="auth.member_joined"):
    """Somebody became a member, or became one again."""

    user_id: UUID
    role: Code


class MemberChanged(Event, name="auth.member_changed"):
    """A member's role, name or activity changed."""

    user_id: UUID
    role: Code
    is_active: bool


class AccessEnded(Event, name="auth.access_ended"):
    """A session or a key of somebody ended. They may have others, which stay as they are."""

    actor_id: UUID


class TeamChanged(Event, name="auth.team_changed"):
    """A team was made, renamed, filled differently, or removed."""

    team_id: UUID
    removed: bool
