"""What `rapport models list` shows: models on this machine, elsewhere, and those of workspaces."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapport.inference.gateway import service as gateway
from rapport.inference.gateway.schemas import ModelsOut
from rapport.inference.minilm import ModelCard, folder_in
from rapport.inference.openai_embeddings import Endpoint
from rapport.kernel.auth import lookups
from rapport.kernel.context import SYSTEM
from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server.commands.users import NoSuchWorkspace
from rapport.server.process import open_database


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as the list shows it; one that runs elsewhere has no files here."""

    kind: str
    """`embeddings` or `chat`."""
    name: str
    where: str
    is_used: bool
    bytes: int | None = None
    is_intact: bool | None = None
    mend: str = ""
    workspace: str | None = None
    """The slug of the one that has set it up; None for all."""
    protocol: str = "openai"
    has_key: bool = False
    input_price: float = 0.0
    """Of a million tokens, as `output_price`, in `currency`."""
    output_price: float = 0.0
    currency: str | None = None

    def __str__(self) -> str:
        size = "" if self.bytes is None else f"  {self.bytes / 1e6:.1f} MB"
        state = {True: "intact", False: self.mend, None: "runs elsewhere"}[self.is_intact]
        key = "" if self.is_intact is not None else "  key set" if self.has_key else "  no key"
        price = ""
        if self.input_price or self.output_price:
            price = f"  {self.input_price:g}/{self.output_price:g} {self.currency or '?'}"
        whose = f"  [{self.workspace}]" if self.workspace else ""
        mark = "*" if self.is_used else " "
        return f"{mark} {self.kind:10} {self.name}{size}  {self.where}  {state}{key}{price}{whose}"


def embedders(settings: Settings) -> list[Listed]:
    """The model on this machine, and the endpoint that is used instead, if any."""
    endpoint = Endpoint.of(settings)
    here = _on_disk(settings, is_used=endpoint is None)
    if endpoint is None:
        return [here]
    has_key = endpoint.api_key is not None
    return [
        here,
        Listed("embeddings", endpoint.model, endpoint.base_url, is_used=True, has_key=has_key),
    ]


async def chats(settings: Settings, slug: str | None = None) -> list[Listed]:
    """The language models of each workspace in the order in which they are asked.

    Those of `slug` alone, if given; last the one of the processes, for workspaces without.

    Raises:
        NotRunning: there is no database to read them from.
        NoSuchWorkspace: none has this slug.
    """
    database = open_database(bootstrap.with_running_database(settings))
    try:
        async with database.connect() as session:
            places = await lookups.workspaces(session)
        if slug is not None and slug not in {place.slug for place in places}:
            raise NoSuchWorkspace(f"There is no workspace {slug!r}.")
        found: list[Listed] = []
        for place in places:
            if slug in {None, place.slug}:
                async with database.begin(place.workspace_id, SYSTEM) as ctx:
                    found += _of(place.slug, await gateway.configured(ctx))
        return [*found, *default_chat(settings)]
    finally:
        await database.dispose()


def default_chat(settings: Settings) -> list[Listed]:
    """The language model of workspaces that have set up none, if the processes have one."""
    if not settings.chat_base_url or not settings.chat_model:
        return []
    has_key = settings.chat_api_key is not None
    return [
        Listed("chat", settings.chat_model, settings.chat_base_url, is_used=True, has_key=has_key)
    ]


def _of(slug: str, told: ModelsOut) -> Sequence[Listed]:
    return [
        Listed(
            "chat",
            model.model,
            model.base_url,
            is_used=True,
            workspace=slug,
            protocol=model.protocol,
            has_key=model.has_key,
            input_price=model.input_price,
            output_price=model.output_price,
            currency=told.limits.currency,
        )
        for model in told.models
    ]


def _on_disk(settings: Settings, *, is_used: bool) -> Listed:
    folder = folder_in(settings.models_dir)
    card = ModelCard.read(folder)
    if card is None:
        mend = "Not built: run `rapport models build`."
        return Listed(
            "embeddings", folder.name, str(folder), is_used=False, is_intact=False, mend=mend
        )
    is_intact = card.is_true_of(folder)
    return Listed(
        "embeddings",
        card.name,
        str(folder),
        is_used=is_used,
        bytes=sum(file.stat().st_size for file in folder.iterdir()),
        is_intact=is_intact,
        mend="" if is_intact else "Its files were altered: run `rapport models build --force`.",
    )
