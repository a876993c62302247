"""What the demo's assistant was taught, and what it made of its customers: by its own code.

The demo writes its conversations past the log, so that no reader heard of them. Here each room is
handed what its reader would have heard.
"""

from collections.abc import Sequence
from random import Random
from typing import Final
from uuid import UUID

import structlog

from rapport.ai.autopilot.events import QuestionTakenUp
from rapport.ai.gaps import service as gaps
from rapport.ai.recurring import jobs as recurring
from rapport.ai.recurring.finding.repository import WINDOW, FindingRepository
from rapport.ai.recurring.settings import Recurring
from rapport.ai.triage import service as triage
from rapport.ai.triage.catalogue import service as catalogue
from rapport.ai.triage.schemas import IntentIn
from rapport.ai.triage.training import running
from rapport.ai.triage.training import service as training
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.settings import workspace as settings
from rapport.server.demo import content, grammar
from rapport.server.demo.grammar import Facts
from rapport.server.demo.repository import DemoRepository

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 64
_FACTS: Final = Facts(
    order="FF314159",
    product="Nordlys stove",
    size="M",
    date="3 May",
    city="Bergen",
    amount="€49.00",
    tracking="NO271828182",
    agent="Ingrid",
    name="Kari",
    company="Fjord Guides",
)


async def understand(database: Database, workspace_id: UUID) -> None:
    """Teach it what messages are about, and let it look at what there is.

    What fails for want of a model is left out: the jobs and readers of a running desk do it later.
    """
    for step in (find_issues, teach, find_gaps):
        try:
            await step(database, workspace_id)
        except RapportError as error:
            log.warning("demo_not_understood", step=step.__name__, reason=error.code)


async def find_issues(database: Database, workspace_id: UUID) -> None:
    """Find the recurring issues among the last 30 days' conversations."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await note_issues(ctx)
    await recurring.look(database, workspace_id)


async def note_issues(ctx: Ctx) -> None:
    """Have the last 30 days' conversations looked at for recurring issues, as any."""
    products = list(dict.fromkeys(content.people().products))
    await settings.update(ctx, Recurring, {"products": products})
    await FindingRepository(ctx).note(await DemoRepository(ctx).since(ctx.now() - WINDOW))


async def teach(database: Database, workspace_id: UUID) -> None:
    """Keep an intent for each tag, train a model, put it to use, and read what is open."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await _intents(ctx)
        model = await training.start(ctx)
    await running.run(database, workspace_id, model.id)
    async with database.begin(workspace_id, SYSTEM) as ctx:
        if (await training.get(ctx, model.id)).state == "ready":
            await training.promote(ctx, model.id, by="demo")
        places = await DemoRepository(ctx).open_places()
    for start in range(0, len(places), _AT_ONCE):
        async with database.begin(workspace_id, SYSTEM) as ctx:
            await triage.read_messages(ctx, places[start : start + _AT_ONCE])


async def find_gaps(database: Database, workspace_id: UUID) -> None:
    """Group the questions that the assistant left to people."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        for taken in await DemoRepository(ctx).left_to_people():
            await gaps.take_up(ctx, QuestionTakenUp.model_validate(taken))


async def _intents(ctx: Ctx) -> None:
    tags = await DemoRepository(ctx).tags()
    there = {intent.name for intent in await catalogue.intents(ctx)}
    for known in content.shop().intents:
        if known.name in there:
            continue
        wanted = IntentIn(name=known.name, description=known.description, tag_ids=[tags[known.tag]])
        intent = await catalogue.create_intent(ctx, wanted)
        await catalogue.type_examples(ctx, intent.id, _openings(known.tag))


def _openings(tag: str) -> Sequence[str]:
    """How customers begin who write about this first of all."""
    rng = Random(tag)  # noqa: S311 - texts, not secrets
    scripts = [script for script in content.scripts() if script.tags[0] == tag]
    return [grammar.expand(text, _FACTS, rng) for one in scripts for text in one.openings]
