"""What every process of Rapport holds: the database and the outside things."""

import contextlib

from rapport.ai.autopilot.adapter import Face
from rapport.channels.webchat.ports import AssistantFace, WidgetFiles
from rapport.inference import minilm
from rapport.inference.ports import Chat, Embedder
from rapport.inference.remembering import Remembering
from rapport.kernel.auth.mail import mailer_for
from rapport.kernel.auth.ports import Mailer
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
    model = minilm.installed(settings.models_dir)
    if model is not None:
        ports.provide(Embedder, Remembering(model))
    if settings.chat_base_url and settings.chat_model:
        ports.provide(Chat, _chat(settings, settings.chat_base_url, settings.chat_model))


async def warm(database: Database) -> None:
    """Load the embedding model, so that the first question need not wait for it."""
    model = database.ports.find(Embedder)
    if model is not None:
        with contextlib.suppress(RapportError):  # whoever needs it will be told
            await model.embed(["How do I begin?"])
    memory.give_back()  # building the model took 15 MB more than it has


def _chat(settings: Settings, base_url: str, model: str) -> Chat:
    # Imported only here: the libraries take 100 MB, which a desk without a model does without.
    from rapport.inference.openai_chat import OpenAIChat  # noqa: PLC0415
    from rapport.kernel import egress  # noqa: PLC0415

    key = settings.chat_api_key
    return OpenAIChat(
        egress.client(allow=settings.egress_allow),
        base_url=base_url,
        model=model,
        api_key=key.get_secret_value() if key else None,
    )
