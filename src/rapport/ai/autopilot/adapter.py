"""The assistant as channels see it."""

from uuid import UUID

from rapport.ai.autopilot import service
from rapport.kernel.context import Ctx


class Face:
    """How the assistant presents itself to visitors: `channels.webchat.ports.AssistantFace`."""

    async def name(self, ctx: Ctx, inbox_id: UUID) -> str | None:
        """The assistant's name in an inbox, or None where it is off."""
        settings = await service.settings_of(ctx, inbox_id)
        return settings.name if settings.enabled else None
