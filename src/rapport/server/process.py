"""What every process of Rapport holds: the database and the outside things."""

import contextlib

from rapport.ai.autopilot.adapter import Face
from rapport.ai.triage.labelling.adapter import KeptLabels
from rapport.ai.triage.ports import Models
from rapport.ai.triage.training.adapter import ServingModels
from rapport.ai.triage.training.ports import Labels
from rapport.channels.webchat.ports import AssistantFace, WidgetFiles
from rapport.inference import minilm
from rapport.inference.embedders import KnownEmbedders
from rapport.inference.gateway.adapter import Gateway
from rapport.inference.gateway.endpoints import Connector
from rapport.inference.gateway.endpoints import Endpoint as ChatEndpoint
from rapport.inference.openai_embeddings import Endpoint
from rapport.inference.ports import Chats, Embedder, Embedders
from rapport.kernel import egress
from rapport.kernel.auth.mail import mailer_for
from rapport.kernel.auth.ports import Mailer
from rapport.kernel.context import Ports
from rapport.kernel.database.engine import Database
from rapport.kernel.dns import Dns, SystemDns
from rapport.kernel.errors import RapportError
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.store import S3, FileStore
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.health import Schema
from rapport.server import memory
from rapport.server.migrate import SCRIPTS
from rapport.server.static import web_dir


def open_database(settings: Settings, *, patience_s: float | None = None) -> Database:
    """The database of this process with every port that needs no running loop."""
    assert settings.database_url is not None
    database = Database(
        settings.database_url.get_secret_value(),
        pool_size=settings.database_pool,
        patience_s=patience_s,
    )
    provide_ports(database, settings)
    return database


def provide_ports(database: Database, settings: Settings) -> None:
    """Give the process its outside things."""
    ports = database.ports
    ports.provide(Settings, settings)
    keys = KeyRing.at(settings)
    ports.provide(KeyRing, keys)
    ports.provide(LinkSigner, LinkSigner(keys))
    ports.provide(Mailer, mailer_for(settings))
    ports.provide(Dns, SystemDns())
    folder = settings.data_dir / "files"
    ports.provide(FileStore, FileStore.at(settings.file_store, folder, S3.of(settings)))
    ports.provide(Schema, Schema(SCRIPTS))
    ports.provide(WidgetFiles, WidgetFiles(web_dir(settings) / "widget" / "dist"))
    ports.provide(AssistantFace, Face())
    ports.provide(Labels, KeptLabels())
    ports.provide(Models, ServingModels())
    _provide_embedders(ports, settings)
    ports.provide(Connector, Connector(settings.egress_allow))
    gateway = Gateway(database, ports.get(Connector), default=_chat_endpoint(settings))
    ports.provide(Gateway, gateway)
    ports.provide(Chats, gateway)


async def warm(database: Database) -> None:
    """Load the models, so that the first question need not wait for them."""
    model = database.ports.find(Embedder)
    if model is not None:
        with contextlib.suppress(RapportError):  # whoever needs it will be told
            await model.embed(["How do I begin?"])
    gateway = database.ports.find(Gateway)
    if gateway is not None:
        await gateway.warm()
    memory.give_back()  # building the model took 15 MB more than it has


def _provide_embedders(ports: Ports, settings: Settings) -> None:
    known = KnownEmbedders(
        minilm.installed(settings.models_dir),
        Endpoint.of(settings),
        lambda: egress.client(allow=settings.egress_allow),
    )
    ports.provide(Embedders, known)
    if known.wanted is not None:
        ports.provide(Embedder, known.wanted)


def _chat_endpoint(settings: Settings) -> ChatEndpoint | None:
    """The language model of workspaces that have set up none, if any."""
    if not settings.chat_base_url or not settings.chat_model:
        return None
    key = settings.chat_api_key
    return ChatEndpoint(
        "openai",
        settings.chat_base_url,
        settings.chat_model,
        key.get_secret_value() if key else None,
    )
