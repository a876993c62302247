"""Looking for problems: reading what was asked, joining what is known, founding what is new."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np

from rapport.ai.recurring import grouping, openings, vectors
from rapport.ai.recurring.events import ProblemChanged, RecurringIssueAlerted
from rapport.ai.recurring.finding.repository import Face, FindingRepository, Loose
from rapport.ai.recurring.repository import ProblemRepository
from rapport.ai.recurring.settings import Recurring
from rapport.ai.recurring.watching.repository import WatchingRepository
from rapport.ai.triage.entities.service import products_in
from rapport.inference.ports import Embedder
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import emit
from rapport.kernel.ids import new_id
from rapport.kernel.settings import workspace as workspace_settings

AT_ONCE: Final = 128
"""So many conversations are read in one go."""
BEFORE_LOOKING: Final = 4
"""After so many goes, what was read is looked at before more is."""
_LATELY: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


async def begin(ctx: Ctx) -> None:
    """After a change of the model have the last 30 days read again; they stay where they are."""
    await FindingRepository(ctx).forget_spaces(*vectors.spoken(ctx.ports.find(Embedder)))


async def read_some(database: Database, workspace_id: UUID) -> int:
    """Read the opening questions of the eldest unread conversations; returns how many there were.

    No transaction is open while a model computes.

    Raises:
        RapportError: the embedder failed; nothing was kept, and they are read the next time.
    """
    async with database.begin(workspace_id, SYSTEM) as ctx:
        rows = await FindingRepository(ctx).unread(AT_ONCE)
        asked = await openings.read(ctx, [row.conversation_id for row in rows])
        products = (await workspace_settings.get(ctx, Recurring)).products
        embedder = ctx.ports.find(Embedder)
    texts = dict[UUID, str]()
    for row in rows:
        messages = asked.get(row.conversation_id, [])
        names = {message.author.name for message in messages} | {row.name or ""}
        if (text := openings.text_of(messages, names)) and openings.content(text):
            texts[row.conversation_id] = text
    placed = await vectors.place(embedder, list(texts.values()))
    async with database.begin(workspace_id, SYSTEM) as ctx:
        by_id = dict(zip(texts, placed, strict=True))
        named = dict(zip(texts, products_in(list(texts.values()), products), strict=True))
        ids = [row.conversation_id for row in rows]
        await ProblemRepository(ctx).hold()
        faces = await FindingRepository(ctx).read(ids, by_id, named)
        await ProblemRepository(ctx).draw(faces)
    return len(rows)


async def arrange(ctx: Ctx) -> None:
    """Put loose conversations where they belong, found problems, and merge what means the same.

    Nothing that a person decided is undone: what they took out stays out, what they told apart
    stays apart, and a problem that they touched is merged into nothing.
    """
    await ProblemRepository(ctx).hold()
    finding = FindingRepository(ctx)
    loose, faces = await finding.loose(), await finding.faces()
    for space in sorted({one.space for one in loose} & vectors.LIMITS.keys()):
        here = [one for one in loose if one.space == space]
        known = [face for face in faces if face.space == space]
        await _settle(ctx, space, here, known)
    await _merge(ctx)
    await finding.clear()


async def _settle(ctx: Ctx, space: str, loose: Sequence[Loose], faces: Sequence[Face]) -> None:
    limits = vectors.LIMITS[space]
    matrix = np.stack([one.vector for one in loose])
    joined = grouping.join(
        matrix,
        np.stack([face.vector for face in faces]) if faces else matrix[:0],
        limits,
        [_barred(one, faces) for one in loose],
    )
    rows = [
        _row(loose[one.row], faces[one.face].problem_id, faces[one.face].id, one.nearness)
        for one in joined
    ]
    taken = {one.row for one in joined}
    rest = [row for row in range(len(loose)) if row not in taken]
    customers = [loose[row].customer_id for row in rest]
    groups = await asyncio.to_thread(grouping.found, matrix[rest], customers, limits)
    founded = list[tuple[UUID, list[Loose]]]()
    for group in groups:
        members = [rest[row] for row in group]
        problem_id, middle = new_id(), grouping.middle(matrix[members])
        rows += [
            _row(loose[row], problem_id, problem_id, float(matrix[row] @ middle)) for row in members
        ]
        founded.append((problem_id, [loose[row] for row in members]))
    await _keep(ctx, rows, founded)


async def _keep(
    ctx: Ctx, rows: Sequence[dict[str, Any]], founded: Sequence[tuple[UUID, Sequence[Loose]]]
) -> None:
    """Write who joined what, the new problems, and all that follows from it."""
    if not rows:
        return
    problems = ProblemRepository(ctx)
    if founded:
        await problems.found([_founded(id_, members) for id_, members in founded])
    await FindingRepository(ctx).join(rows)
    await problems.count([row["id"] for row in rows], by=1)
    await problems.tidy({row["problem_id"] for row in rows})
    await problems.draw({row["face_id"] for row in rows})
    for problem_id, members in founded:
        await _announce(ctx, problem_id, members)


async def _announce(ctx: Ctx, problem_id: UUID, members: Sequence[Loose]) -> None:
    """Tell of a new problem; people are alerted only if somebody came with it just now."""
    await emit(ctx, ProblemChanged(problem_id=problem_id), subject=problem_id)
    now = ctx.now()
    if max(one.asked_at for one in members) > now - _LATELY:
        count = sum(one.asked_at > now - _DAY for one in members)
        await WatchingRepository(ctx).alerted(problem_id, count)
        alert = RecurringIssueAlerted(problem_id=problem_id, kind="new", count=count)
        await emit(ctx, alert, subject=problem_id)


async def _merge(ctx: Ctx) -> None:
    """Merge open problems that have come to mean the same, the younger into the elder."""
    finding, problems = FindingRepository(ctx), ProblemRepository(ctx)
    faces = [face for face in await finding.faces() if face.is_open]
    apart, gone = await finding.apart(), set[UUID]()
    for space, limits in sorted(vectors.LIMITS.items()):
        here = [face for face in faces if face.space == space]
        if len(here) < 2:
            continue
        for one, other in grouping.alike(np.stack([face.vector for face in here]), limits):
            keep, leave = here[one], here[other]
            ids = {keep.problem_id, leave.problem_id}
            if len(ids) == 1 or ids & gone or ids in apart or leave.is_decided:
                continue
            if await finding.contradicts(ids):
                continue
            await problems.merge(leave.problem_id, keep.problem_id)
            gone |= ids
            for id_ in sorted(ids):
                await emit(ctx, ProblemChanged(problem_id=id_), subject=id_)


def _barred(one: Loose, faces: Sequence[Face]) -> list[int]:
    """The faces of problems that a person took a conversation out of."""
    if not one.barred_ids:
        return []
    problems = {face.problem_id for face in faces if face.id in one.barred_ids}
    return [at for at, face in enumerate(faces) if face.problem_id in problems | one.barred_ids]


def _row(one: Loose, problem_id: UUID, face_id: UUID, nearness: float) -> dict[str, Any]:
    return {"id": one.id, "problem_id": problem_id, "face_id": face_id, "nearness": nearness}


def _founded(problem_id: UUID, members: Sequence[Loose]) -> dict[str, Any]:
    return {
        "id": problem_id,
        "first_seen_at": min(one.asked_at for one in members),
        "last_seen_at": max(one.asked_at for one in members),
    }
