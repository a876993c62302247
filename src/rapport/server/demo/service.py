"""Building the demo workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict

from rapport.ai.autopilot import compose
from rapport.ai.autopilot import service as assistant
from rapport.ai.autopilot.phrases import phrases
from rapport.ai.autopilot.schemas import AssistantPatch
from rapport.ai.autopilot.summary import Candidate
from rapport.conversations.models import Conversation
from rapport.kernel import jobs
from rapport.kernel.auth import first_run
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Conflict, RapportError
from rapport.kernel.settings import workspace as settings
from rapport.knowledge import jobs as knowledge_jobs
from rapport.knowledge.models import Article as ArticleRecord
from rapport.server.demo import content, fate, help_centre, hours, people, story
from rapport.server.demo import jobs as demo_jobs
from rapport.server.demo.cast import Person, customers
from rapport.server.demo.fate import Fate
from rapport.server.demo.ids import Ids
from rapport.server.demo.repository import DemoRepository
from rapport.server.demo.rows import Setting, Writer
from rapport.server.demo.story import Story, Teller

log = structlog.get_logger(__name__)

SHOP: Final = "Fjell & Fjord"
OWNER: Final = "Solveig Dahl"
SEED: Final = 7
CONVERSATIONS: Final = 1_000
DAYS: Final = 90
_LATELY: Final = 32
"""So many begin within the last hours, whatever the time of day: a demo should be alive."""


class WorkspaceInUse(Conflict):
    """The workspace already holds real work; the demo would be mixed with it."""


class DemoState(BaseModel):
    """That a workspace is a demo, so that only demos are ever rebuilt."""

    model_config = ConfigDict(extra="forbid")

    seed: int | None = None


settings.register("demo", DemoState)


@dataclass(frozen=True, slots=True)
class Built:
    """What is there now."""

    workspace_id: UUID
    was_there: bool
    conversations: int


async def ensure(database: Database, *, reset: bool = False, seed: int | None = None) -> Built:
    """Fill the first owner's workspace with the demo shop; if it is there already, do nothing.

    With `reset` an existing demo is emptied and built anew, with all that people added to it. The
    clock of the demo is the database's: its last conversation begins a few minutes ago.

    Raises:
        WorkspaceInUse: the workspace holds articles or conversations that are not the demo's.
    """
    first = await first_run.ensure_first_owner(database, workspace=SHOP, name=OWNER)
    if first is None:
        raise WorkspaceInUse("There is no active owner whom the demo could belong to.")
    async with database.begin(first.workspace_id, SYSTEM) as ctx:
        built = await fill(ctx, reset=reset, seed=seed)
        if not built.was_there:
            await jobs.defer(ctx, demo_jobs.understand)
    if not built.was_there:
        await _embed(database, built.workspace_id)
    return built


async def _embed(database: Database, workspace_id: UUID) -> None:
    """Let the first question find articles by meaning; if the model fails, a job does it later."""
    try:
        await knowledge_jobs.catch_up(database, workspace_id)
    except RapportError as error:
        log.warning("demo_not_embedded", reason=error.code)


async def fill(ctx: Ctx, *, reset: bool = False, seed: int | None = None) -> Built:
    """Fill the workspace of `ctx`. See `ensure`."""
    repository = DemoRepository(ctx)
    before = await settings.get(ctx, DemoState)
    if before.seed is not None and not reset:
        return Built(ctx.workspace_id, True, await repository.conversations())
    if before.seed is not None:
        await repository.clear()
    elif await repository.holds(Conversation, ArticleRecord):
        raise WorkspaceInUse
    chosen = seed if seed is not None else before.seed if before.seed is not None else SEED
    await _build(ctx, repository, Random(chosen))  # noqa: S311 - texts, not secrets
    await settings.update(ctx, DemoState, {"seed": chosen})
    return Built(ctx.workspace_id, False, CONVERSATIONS)


async def _build(ctx: Ctx, repository: DemoRepository, rng: Random) -> None:
    ids = Ids(rng)
    await repository.name_workspace(SHOP)
    owner = await repository.owner()
    assert owner is not None, "a workspace has an owner"
    await repository.name_person(owner, OWNER, instead_of=first_run.OWNER_NAME)
    colleagues = await people.colleagues(ctx, repository, ids)
    teams = await people.teams(ctx, repository, ids, colleagues, owner)
    chat, desk = await help_centre.inboxes(ctx, repository)
    await assistant.change(
        ctx, chat, AssistantPatch(enabled=True, greeting="Hi! Ask me about orders, sizes and care.")
    )
    articles = await help_centre.write(ctx)
    setting = Setting(
        workspace_id=ctx.workspace_id,
        owner=owner,
        colleagues=colleagues,
        chat=chat,
        desk=desk,
        teams=teams,
        tags=await help_centre.tags_and_macros(ctx, repository, ids),
        candidates=_candidates(articles, rng),
    )
    await _converse(ctx, repository, setting, rng, ids)


async def _converse(
    ctx: Ctx, repository: DemoRepository, setting: Setting, rng: Random, ids: Ids
) -> None:
    """Tell all stories and write them down."""
    cast = customers(rng, ids, ctx.now())
    told = stories(rng, cast, ctx.now())
    writer = Writer(setting, rng, ids)
    for number, (one, its_fate) in zip(await repository.numbers(len(told)), told, strict=True):
        writer.write(one, its_fate, number)
    await people.write_customers(ctx, repository, ids, cast, writer.rows)
    await repository.write(writer.rows)


def stories(rng: Random, cast: Sequence[Person], now: datetime) -> list[tuple[Story, Fate]]:
    """1,000 conversations as far as they have come by `now`, in the order of their beginning."""
    handover = {code: phrases(code).handover for code in ("en", "de", "ar", "nb", "fr", "es")}
    teller = Teller(rng, extract=extracts(), handover=handover)
    agents, scripts = content.people().agents, content.scripts()
    begun = []
    for place in range(CONVERSATIONS):
        script = rng.choices(scripts, [s.weight for s in scripts])[0]
        customer = rng.choice([p for p in cast if script.locale in {"en", p.locale}])
        agent = rng.choices(range(len(agents)), [a.share for a in agents])[0]
        start = hours.moment(rng, now, DAYS)
        if place < _LATELY:
            start = now - timedelta(minutes=rng.uniform(1, 290))
        whole = teller.tell(script, customer, agent, agents[agent].name, start)
        begun.append(story.cut(whole, now))
    begun.sort(key=lambda one: one.turns[0].at)
    return [(one, fate.settle(one, now, rng)) for one in begun]


def extracts() -> dict[str, str]:
    """What the assistant says in each kind of conversation, taken from the articles as it does."""
    found: dict[str, str] = {}
    by_slug = {(a.locale, a.slug): a for a in content.articles()}
    for script in content.scripts():
        if script.article:
            article = by_slug[script.locale, script.article]
            section = help_centre.section(article.body, script.section)
            found[script.key] = compose.extract(script.openings[0], section, heading=script.section)
    return found


def _candidates(
    articles: dict[tuple[str, str], Candidate], rng: Random
) -> dict[str, list[Candidate]]:
    """For each kind of conversation the right article and two that are near it."""
    by_slug = {(a.locale, a.slug): a for a in content.articles()}
    extracted = extracts()
    found: dict[str, list[Candidate]] = {}
    for script in content.scripts():
        own = by_slug.get((script.locale, script.article))
        near = [
            articles[a.locale, a.slug]
            for a in content.articles()
            if a.locale == script.locale
            and a is not own
            and (own is None or a.collection == own.collection)
        ]
        others = [
            Candidate(c.article_id, c.title, c.url, rng.uniform(0.2, 0.45), c.quote)
            for c in rng.sample(near, min(2, len(near)))
        ]
        if own is not None:
            right = articles[own.locale, own.slug]
            quote = extracted[script.key]
            others.insert(
                0,
                Candidate(right.article_id, right.title, right.url, rng.uniform(0.55, 0.85), quote),
            )
        found[script.key] = sorted(others, key=lambda c: -c.score)
    return found
