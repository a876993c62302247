"""The demo shop's articles, inboxes, tags and macros."""

from uuid import UUID

from rapport.ai.autopilot.summary import Candidate
from rapport.channels.webchat import service as webchat
from rapport.conversations.models import Macro, Tag
from rapport.kernel import richtext
from rapport.kernel.context import Ctx
from rapport.knowledge import service as knowledge
from rapport.knowledge.schemas import ArticleIn, CollectionIn
from rapport.server.demo import content
from rapport.server.demo.ids import Ids
from rapport.server.demo.repository import DemoRepository

CHAT = "Web shop"
DESK = "Business desk"
_QUOTE_CHARS = 240


def section(body: str, heading: str) -> str:
    """The text under a heading of an article; without one, the text before the first heading."""
    if not heading:
        return body.split("\n## ", 1)[0].strip()
    _, _, rest = body.partition(f"\n## {heading}\n")
    return rest.split("\n## ", 1)[0].strip()


async def write(ctx: Ctx) -> dict[tuple[str, str], Candidate]:
    """Publish all articles; what the assistant would list of each, by locale and slug."""
    shelves: dict[str, UUID] = {}
    for shelf in content.shop().collections:
        made = await knowledge.create_collection(
            ctx, CollectionIn(name=shelf.name, slug=shelf.slug, description=shelf.description)
        )
        shelves[shelf.slug] = made.id
    base = await knowledge.help_base(ctx)
    written: dict[tuple[str, str], Candidate] = {}
    for article in content.articles():
        row = await knowledge.create_article(
            ctx,
            ArticleIn(
                title=article.title,
                body=article.body,
                locale=article.locale,
                collection_id=shelves[article.collection],
                slug=article.slug,
                summary=article.summary,
                status="published",
            ),
        )
        url = knowledge.article_url(row.locale, row.slug, base=base)
        quote = richtext.plain(section(article.body, ""), max_chars=_QUOTE_CHARS)
        written[article.locale, article.slug] = Candidate(row.id, row.title, url, 0.0, quote)
    return written


async def inboxes(ctx: Ctx, repository: DemoRepository) -> tuple[UUID, UUID]:
    """The web shop's chat and the business desk's; kept when the demo is rebuilt.

    So a page that carries the widget goes on working.
    """
    chat = await _inbox(ctx, repository, CHAT, "Hi! How can we help?", "#0b7285")
    return chat, await _inbox(ctx, repository, DESK, "Orders for companies and clubs.", "#364fc7")


async def _inbox(
    ctx: Ctx, repository: DemoRepository, name: str, greeting: str, colour: str
) -> UUID:
    known = await repository.inbox(name)
    if known is not None:
        return known
    chat = await webchat.create(
        ctx, name=name, team_name="Fjell & Fjord", greeting=greeting, color=colour
    )
    return chat.id


async def tags_and_macros(ctx: Ctx, repository: DemoRepository, ids: Ids) -> dict[str, UUID]:
    """Write them; the tags' ids by name."""
    now = ctx.now()
    tags = {tag.name: ids.at(now) for tag in content.shop().tags}
    await repository.insert(
        Tag,
        [
            {"id": tags[tag.name], "name": tag.name, "colour": tag.colour, "created_at": now}
            for tag in content.shop().tags
        ],
    )
    await repository.insert(
        Macro,
        [
            {"id": ids.at(now), "name": macro.name, "body": macro.body, "created_at": now}
            for macro in content.shop().macros
        ],
    )
    return tags
