"""Where the public reads things: paths on this server, letters of any script percent-encoded."""

from typing import Final
from urllib.parse import quote

from rapport.kernel.context import Ctx
from rapport.kernel.settings.process import Settings
from rapport.knowledge.repository import find_own_site

BASE: Final = "/help"


async def help_base(ctx: Ctx) -> str:
    """The path of the workspace's help centre: `/help`, or `/help/w/<slug>` for all but one."""
    settings = ctx.ports.find(Settings)
    slug, is_first = await find_own_site(ctx, settings.help_workspace if settings else None)
    return BASE if is_first else base_of(slug)


def base_of(slug: str) -> str:
    """The path of a workspace's help centre by its slug, which works for the first one, too."""
    return f"{BASE}/w/{quote(slug)}"


def article_url(locale: str, slug: str, *, base: str = BASE) -> str:
    """The path of a published article."""
    return f"{base}/{locale}/articles/{quote(slug)}"


def collection_url(locale: str, slug: str, *, base: str = BASE) -> str:
    """The path of a collection."""
    return f"{base}/{locale}/collections/{quote(slug)}"
