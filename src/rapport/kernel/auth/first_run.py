"""The first start: a workspace and its owner, who comes in by a link and not by a password."""

from dataclasses import dataclass
from uuid import UUID

from rapport.kernel.auth import links, lookups, sessions, sign_in
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings

WORKSPACE = "My company"
OWNER_EMAIL = "owner@localhost"
OWNER_NAME = "Owner"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """The first owner, and a link for them if one is called for."""

    workspace_id: UUID
    user_id: UUID
    email: str
    created: bool
    link: str | None


async def ensure_first_owner(
    database: Database,
    *,
    new_link: bool = False,
    workspace: str = WORKSPACE,
    email: str = OWNER_EMAIL,
    name: str = OWNER_NAME,
) -> FirstRun | None:
    """Make sure that somebody owns this installation, and tell how they get in.

    Where there is no user at all, a workspace and an owner without password are made; two processes
    starting at once make one. A link (valid for 24 hours, once) comes back when the owner has never
    signed in or `new_link` asks for one. None means that there are users, but no active owner.
    """
    async with database.connect() as session:
        owner = await lookups.first_owner(
            session,
            workspace_id=new_id(),
            workspace=workspace,
            slug="main",
            user_id=new_id(),
            email=email,
            name=name,
            now=database.now(),
        )
    if owner is None:
        return None
    link = None
    if owner.waiting or new_link:
        async with database.begin(owner.workspace_id, SYSTEM) as ctx:
            token = await sign_in.create_link(
                ctx, owner.user_id, lifetime=sign_in.FIRST_RUN_LINK_LIFETIME
            )
        link = links.sign_in(database.ports.get(Settings), token)
    return FirstRun(owner.workspace_id, owner.user_id, owner.email, owner.created, link)


async def sweep(database: Database) -> None:
    """Delete sessions, links, resets and rate limits that have expired."""
    async with database.connect() as session:
        await lookups.sweep(session, database.now(), sessions.IDLE)
