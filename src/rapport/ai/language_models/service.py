"""What understands meanings in a workspace."""

from urllib.parse import urlsplit

from rapport.ai.language_models.schemas import EmbeddingsOut, UnderstoodLocale
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.settings.process import Settings
from rapport.knowledge import service as knowledge


async def embeddings(ctx: Ctx) -> EmbeddingsOut:
    """The model of this installation, and what of the workspace's articles it understands."""
    model = ctx.ports.find(Embedder)
    settings = ctx.port(Settings)
    is_elsewhere = bool(settings.embeddings_base_url and settings.embeddings_model)
    return EmbeddingsOut(
        model="" if model is None else model.name,
        place=urlsplit(settings.embeddings_base_url or "").hostname or "" if is_elsewhere else "",
        locales=[
            UnderstoodLocale(
                locale=locale,
                articles=articles,
                is_understood=model is not None and model.speaks(locale),
            )
            for locale, articles in (await knowledge.published_by_locale(ctx)).items()
        ],
    )
