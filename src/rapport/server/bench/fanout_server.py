"""The server of `rapport bench fanout`: the real hub on the real log, in a process of its own.

Whoever connects is an agent of the benchmark's workspace: signing in is not what is measured.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Event, LogListener, LogWaker, Recorded
from rapport.kernel.http import Principal
from rapport.kernel.ids import new_id
from rapport.kernel.realtime.app import realtime_app
from rapport.kernel.realtime.bus import PostgresBus
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.realtime.presenters import Delivery, presents
from rapport.server.edge import Branches

WORKSPACE = UUID("01990000-0000-7000-8000-000000000001")
ADDRESS = "/v1/realtime"
BODY = "The parcel was handed to the carrier this morning and should arrive on Thursday. " * 3


class Shouted(Event, name="bench.shouted"):
    """The benchmark says something to everybody."""

    number: int


async def present_shouts(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """A message as large as an ordinary one, with its conversation."""
    return [Delivery(record, "inbox", _body(record.id)) for record in records]


def _body(number: int) -> dict[str, object]:
    ids = {name: str(UUID(int=number)) for name in ("id", "inbox_id", "assignee_id", "team_id")}
    conversation = {**ids, "number": number, "status": "open", "preview": BODY[:120], "tag_ids": []}
    author = {"kind": "customer", "id": str(UUID(int=2)), "name": "Vera Visitor"}
    message = {"id": str(UUID(int=3)), "seq": number, "author": author, "body": BODY, "cards": []}
    return {"conversation": conversation, "message": message}


async def authenticate(_: HTTPConnection) -> Principal:
    """Take everybody for an agent of their own."""
    return Principal(WORKSPACE, Actor("api_key", new_id(), name="Bench"))


def serve(url: str, fd: int) -> None:
    """Serve on an inherited listening socket until told to stop, as a web process does."""
    presents("bench.", present_shouts)
    database = Database(url, pool_size=2)
    waker, listener = LogWaker(database), LogListener(database)
    hub = Hub(database, listener, PostgresBus(waker, listener))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await waker.start()
        await hub.start()
        await listener.start()
        yield
        await hub.stop()
        await listener.stop()
        await waker.stop()
        await database.dispose()

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(Branches, branches={ADDRESS: realtime_app(authenticate, hub)})
    config = uvicorn.Config(
        app,
        fd=fd,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=64 * 1024,
        backlog=4096,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
