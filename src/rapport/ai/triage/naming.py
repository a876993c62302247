"""What texts name, read as the workspace's messages are."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from rapport.ai.triage.entities import Entity, Setting, find
from rapport.ai.triage.examining import zone_of
from rapport.ai.triage.settings import TriageSettings, patterns_of, products_of
from rapport.kernel.context import Ctx
from rapport.kernel.settings import workspace as workspace_settings
from rapport.kernel.settings.workspace import General


async def named_in(
    ctx: Ctx, texts: Sequence[str], *, at: datetime, locale: str | None, timezone: str | None
) -> list[list[Entity]]:
    """What each text names; `at` is when, and the others where, it was written.

    Where these are unknown, the workspace's own are meant.
    """
    settings = await workspace_settings.get(ctx, TriageSettings)
    general = await workspace_settings.get(ctx, General)
    setting = Setting(
        at=at,
        zone=zone_of(timezone or general.timezone),
        locale=(locale or general.locale).replace("_", "-"),
        products=products_of(settings.products),
        patterns=patterns_of(settings.patterns),
    )
    return await asyncio.to_thread(lambda: [find(text, setting) for text in texts])
