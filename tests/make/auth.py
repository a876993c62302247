"""People, signed-in browsers and keys."""

from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI

from rapport.kernel.auth import api_keys, members, resets, sessions, sign_in
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM, Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.ids import new_id

HOST = "rapport.test"
ORIGIN = f"http://{HOST}"


def routes_alone(database: Database, *routers: APIRouter) -> FastAPI:
    """The API with these routes and no others."""
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    for router in routers:
        app.include_router(router, prefix="/v1")
    return app


@dataclass(frozen=True)
class Person:
    """A member of a workspace with an open session."""

    id: UUID
    email: str
    token: str
    actor: Actor

    @property
    def cookies(self) -> dict[str, str]:
        return {"rapport_session": self.token}


async def person(
    database: Database,
    workspace: UUID,
    role: Role = Role.OWNER,
    *,
    name: str = "Agnes Agent",
    email: str | None = None,
) -> Person:
    """A new member of `workspace`, signed in."""
    email = email or f"{new_id()}@example.com"
    async with database.begin(workspace, SYSTEM) as ctx:
        user_id = await members.create(ctx, email=email, name=name, role=role)
        token = await sessions.start(ctx, user_id, user_agent="test", ip="127.0.0.1")
    return Person(user_id, email, token, sign_in.person(user_id, name, role))


async def person_with_password(
    database: Database, workspace: UUID, password: str, role: Role = Role.AGENT
) -> Person:
    """A new member who has chosen a password, signed in."""
    made = await person(database, workspace, role)
    await resets.set_for(database, email=made.email, password=password)
    async with database.begin(workspace, SYSTEM) as ctx:
        token = await sessions.start(ctx, made.id, user_agent="test", ip="127.0.0.1")
    return replace(made, token=token)


async def api_key(database: Database, workspace: UUID, role: Role = Role.ADMIN) -> str:
    """The text of a new API key."""
    async with database.begin(workspace, SYSTEM) as ctx:
        _, key = await api_keys.create(ctx, name="Key", role=role)
    return key


def browser(app: object, who: Person | None = None, *, ip: str | None = None) -> httpx.AsyncClient:
    """A browser on our own pages, signed in as `who`; its address is its own unless given."""
    address = ip or f"fd00:{new_id().hex[-16:-12]}:{new_id().hex[-12:-8]}:{new_id().hex[-8:-4]}::1"
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(address, 1)),  # type: ignore[arg-type]
        base_url=ORIGIN,
        headers={"origin": ORIGIN},
        cookies=who.cookies if who else None,
    )


def program(app: object, key: str) -> httpx.AsyncClient:
    """A program that calls with an API key."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),  # type: ignore[arg-type]
        base_url=ORIGIN,
        headers={"authorization": f"Bearer {key}"},
    )


def letters(folder: Path) -> list[Path]:
    """The letters that wait in a mail folder, the oldest first."""
    return sorted(folder.glob("*.eml"))


def letter_text(path: Path) -> str:
    """What a letter says, its lines joined."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body()
    assert body is not None
    return " ".join(str(body.get_content()).split())
