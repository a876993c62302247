"""The HTTP application: the one module that knows every room's routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

import rapport.server.rooms  # noqa: F401 - registers actions and presenters
from rapport.ai.autopilot import routes as autopilot
from rapport.ai.gaps import routes as gaps
from rapport.ai.gathering import routes as gathering
from rapport.ai.language_models import routes as language_models
from rapport.ai.overview import routes as overview
from rapport.ai.recurring import routes as recurring
from rapport.ai.solved import routes as solved
from rapport.ai.triage import routes as triage
from rapport.ai.triage.training import routes as triage_training
from rapport.channels.delivery import routes as deliveries
from rapport.channels.email.receiving import routes as mail_receiving
from rapport.channels.email.receiving.hooks import routes as mail_hooks
from rapport.channels.email.sending import routes as mail_sending
from rapport.channels.email.setup import routes as mail_setup
from rapport.channels.email.setup import trial_routes as mail_trials
from rapport.channels.webchat import routes as webchat
from rapport.channels.webchat import watching
from rapport.channels.webchat.inboxes import routes as webchat_inboxes
from rapport.channels.webchat.lane import WidgetLane
from rapport.channels.webchat.limits import VisitorLimits
from rapport.channels.webchat.pages import routes as webchat_pages
from rapport.channels.webchat.visitors import authenticate_visitor
from rapport.channels.webchat.visits import routes as webchat_visits
from rapport.conversations import routes as conversations
from rapport.conversations.desk import routes as desk
from rapport.conversations.ingest import Batcher
from rapport.conversations.live.audience import ConversationAudience
from rapport.conversations.ports import Ingest
from rapport.customers import routes as customers
from rapport.customers.attributes import routes as customer_attributes
from rapport.customers.companies import routes as companies
from rapport.customers.duplicates import routes as duplicates
from rapport.customers.importing import routes as customer_imports
from rapport.customers.profile import routes as customer_profile
from rapport.customers.timeline import routes as customer_timeline
from rapport.customers.tracking import routes as tracking
from rapport.kernel.actions import routes as actions
from rapport.kernel.auth import revocation
from rapport.kernel.auth import routes as auth
from rapport.kernel.auth.http import authenticate_agent
from rapport.kernel.database.engine import Database
from rapport.kernel.events import LogListener, LogWaker
from rapport.kernel.files import routes as files
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.privacy import routes as privacy
from rapport.kernel.realtime.app import realtime_app
from rapport.kernel.realtime.bus import Bus
from rapport.kernel.realtime.connecting import bus_for
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import routes as telemetry
from rapport.kernel.telemetry.middleware import Observed
from rapport.knowledge import routes as knowledge
from rapport.knowledge.help import routes as help_centre
from rapport.knowledge.sources import routes as sources
from rapport.server.demo_shop import routes as demo_shop
from rapport.server.edge import Addressed, BodyLimit, Branches, SecurityHeaders
from rapport.server.static import ConsoleApp, web_dir

TITLE = "Rapport"
VERSION = "1"


def operation_id(route: APIRoute) -> str:
    """Name an operation after its function, so that the generated client reads like our code."""
    return route.name


class Application(FastAPI):
    """FastAPI, entered by the widget's fast lane.

    The lane looks after its own sizes, headers and numbers, and saves a third of a message's time.
    """

    entrance: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await (self.entrance or self.routed)(scope, receive, send)

    async def routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection by FastAPI's own way."""
        await super().__call__(scope, receive, send)


def create_app(database: Database) -> FastAPI:
    """The whole application on `database`, whose outside things are provided already."""
    settings = database.ports.get(Settings)
    waker, listener = LogWaker(database), LogListener(database)
    bus = bus_for(settings, waker, listener)
    hub = Hub(database, listener, bus, ConversationAudience())
    revocation.watch(hub, database)
    watching.watch(hub, database)
    VisitorLimits.of(database).share(bus)
    batcher = Batcher(database)
    database.ports.provide(LogWaker, waker)
    database.ports.provide(Bus, bus)
    database.ports.provide(Hub, hub)
    database.ports.provide(Ingest, batcher)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await waker.start()
        await hub.start()
        await listener.start()
        await bus.start()
        async with batcher:
            yield
        await hub.stop()
        await listener.stop()
        await waker.flush()
        await waker.stop()
        await bus.stop()

    app = _bare_app(lifespan)
    app.state.database = database
    _include_routes(app)
    app.mount("/", ConsoleApp(web_dir(settings) / "console" / "dist"))
    realtime = {
        "/v1/realtime": realtime_app(authenticate_agent, hub),
        "/widget/v1/realtime": realtime_app(authenticate_visitor, hub),
    }
    app.add_middleware(Branches, branches=realtime)
    app.add_middleware(Addressed)
    app.add_middleware(
        BodyLimit,
        max_file_bytes=settings.max_file_bytes,
        max_hook_bytes=mail_hooks.most_bytes(settings),
    )
    app.add_middleware(SecurityHeaders, https=settings.origin.startswith("https://"))
    app.add_middleware(Observed)
    app.entrance = WidgetLane(app.routed, database, batcher, hub)
    return app


def describe() -> dict[str, Any]:
    """The OpenAPI document."""
    app = _bare_app(None)
    _include_routes(app)
    return app.openapi()


def _bare_app(lifespan: Any) -> Application:
    app = Application(
        title=TITLE,
        version=VERSION,
        generate_unique_id_function=operation_id,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    install_problem_handlers(app)
    return app


def _include_routes(app: FastAPI) -> None:
    """Every room's routes, the API of agents under /v1."""
    api: tuple[APIRouter, ...] = (
        auth.router,
        actions.router(authenticate_agent),
        files.router,
        conversations.router,
        desk.router,
        customers.router,
        customer_profile.router,
        customer_timeline.router,
        customer_attributes.router,
        companies.router,
        duplicates.router,
        customer_imports.router,
        tracking.keys,
        tracking.router,
        webchat_inboxes.router,
        mail_setup.router,
        mail_trials.router,
        deliveries.router,
        mail_receiving.router,
        mail_sending.router,
        knowledge.router,
        sources.router,
        sources.slow,
        autopilot.router,
        gaps.router,
        gathering.router,
        overview.router,
        recurring.router,
        solved.router,
        language_models.router,
        triage.router,
        triage_training.router,
        privacy.router,
    )
    for router in api:
        app.include_router(router, prefix="/v1")
    others: tuple[APIRouter, ...] = (
        webchat.router,
        webchat.mine,
        webchat_visits.router,
        webchat_pages.router,
        mail_hooks.router,
        mail_sending.pages,
        files.downloads,
        privacy.downloads,
        telemetry.router,
        help_centre.router,
        demo_shop.router,
    )
    for router in others:
        app.include_router(router)
