"""Exams of the knowledge base: the product's own search and assistant are asked, nothing else."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from rapport.ai.autopilot import finding
from rapport.ai.autopilot.decide import Limits
from rapport.ai.autopilot.dialogue import Dialogue
from rapport.ai.courtesies import service as courtesies
from rapport.inference.ports import Embedder
from rapport.kernel.auth.first_run import ensure_first_owner
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.engine import Database
from rapport.kernel.database.migrations import upgrade
from rapport.kernel.settings.process import Settings
from rapport.knowledge.evaluation import followups as following
from rapport.knowledge.evaluation import retrieval as finding_alone
from rapport.knowledge.evaluation.files import Exam, Question
from rapport.knowledge.evaluation.followups import FollowupMarks
from rapport.knowledge.evaluation.retrieval import Marks, load
from rapport.knowledge.schemas import Passage
from rapport.server.bootstrap import with_running_database
from rapport.server.commands.knowledge import workspace_called
from rapport.server.migrate import SCRIPTS

_LANGUAGE = "en"
"""Of the exams; articles of other languages are asked when there are none in it."""
M = TypeVar("M")
Examination = Callable[[Ctx, Exam, Mapping[UUID, str] | None], Awaitable[M]]


def retrieval(
    exam: Exam, settings: Settings, model: Embedder | None, workspace: str | None
) -> Marks:
    """How well the search ranks, and how well the assistant knows when nothing answers."""
    return _sit(exam, settings, model, workspace, _retrieval)


def followups(
    exam: Exam, settings: Settings, model: Embedder | None, workspace: str | None
) -> FollowupMarks:
    """How well the assistant finds what a question means that rests on what was said before."""
    return _sit(exam, settings, model, workspace, _followups)


async def _retrieval(ctx: Ctx, exam: Exam, names: Mapping[UUID, str] | None) -> Marks:
    return await finding_alone.examine(ctx, exam, _certainty, names)


async def _followups(ctx: Ctx, exam: Exam, names: Mapping[UUID, str] | None) -> FollowupMarks:
    return await following.examine(ctx, exam, _found, names)


async def _certainty(ctx: Ctx, question: str, passages: Sequence[Passage]) -> float:
    """The assistant's confidence that the first passage answers."""
    found = await finding.weigh(
        ctx, passages, question, question=question, limits=Limits(), language=_LANGUAGE
    )
    return found.verdict.confidence


async def _found(ctx: Ctx, question: Question, limit: int) -> Sequence[Passage]:
    """What the assistant finds in a dialogue that ends with `question`."""
    dialogue = Dialogue(
        question_id=uuid4(),
        seq=0,
        question=courtesies.bare(question.text),
        earlier=question.earlier,
        last_answer="",
        has_attachments=False,
        turns=question.before,
    )
    found = await finding.find(ctx, dialogue, limits=Limits(), language=_LANGUAGE, considered=limit)
    return found.passages


def _sit(
    exam: Exam,
    settings: Settings,
    model: Embedder | None,
    workspace: str | None,
    examine: Examination[M],
) -> M:
    """Examine on the exam's documents where it has some, else on a workspace's own articles."""
    if not exam.documents:
        return asyncio.run(_on_running_database(exam, settings, model, workspace, examine))
    with tempfile.TemporaryDirectory(prefix="rapport-eval-") as folder:
        server = EmbeddedPostgres(Path(folder), fsync=False)
        server.start()
        try:
            upgrade(server.url, SCRIPTS)
            return asyncio.run(_on_documents(exam, server.url, settings, model, examine))
        finally:
            server.stop()


async def _on_documents(
    exam: Exam, url: str, settings: Settings, model: Embedder | None, examine: Examination[M]
) -> M:
    database = _database(url, settings, model)
    try:
        first = await ensure_first_owner(database)
        assert first is not None, "an empty database gets an owner"
        async with database.begin(first.workspace_id, SYSTEM) as ctx:
            names = await load(ctx, exam.documents)
        async with database.begin(first.workspace_id, SYSTEM) as ctx:
            return await examine(ctx, exam, names)
    finally:
        await database.dispose()


async def _on_running_database(
    exam: Exam,
    settings: Settings,
    model: Embedder | None,
    workspace: str | None,
    examine: Examination[M],
) -> M:
    url = with_running_database(settings).database_url
    assert url is not None, "a running database has a URL"
    database = _database(url.get_secret_value(), settings, model)
    try:
        workspace_id = await workspace_called(database, workspace)
        async with database.begin(workspace_id, SYSTEM) as ctx:
            return await examine(ctx, exam, None)
    finally:
        await database.dispose()


def _database(url: str, settings: Settings, model: Embedder | None) -> Database:
    database = Database(url, pool_size=2)
    database.ports.provide(Settings, settings)
    if model is not None:
        database.ports.provide(Embedder, model)
    return database
