"""What people decide about recurring issues. The machine never undoes it, and learns from it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from rapport.ai.recurring.errors import (
    ConversationNotInProblem,
    ProblemsTheSame,
    ProblemWouldBeEmpty,
)
from rapport.ai.recurring.events import ProblemChanged
from rapport.ai.recurring.models import Problem
from rapport.ai.recurring.repository import ProblemRepository
from rapport.ai.recurring.schemas import ProblemPatch
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.ids import new_id
from rapport.knowledge import service as knowledge


async def change(ctx: Ctx, problem_id: UUID, patch: ProblemPatch) -> Problem:
    """Name it, dismiss, resolve or reopen it, note something, link it to an article or a record.

    Raises:
        ProblemNotFound: no such problem in this workspace.
        ArticleNotFound: no such article in this workspace.
    """
    problems = ProblemRepository(ctx)
    await problems.hold()
    problem = await problems.root(problem_id, lock=True)
    wanted = await _wanted(ctx, patch)
    before = {name: getattr(problem, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if not changed:
        return problem
    for name, value in changed.items():
        setattr(problem, name, value)
    told = audit.changes(before, changed, changed.keys() & {"state", "article_id"})
    said = audit.shape_of({name: changed[name] for name in changed.keys() - told.keys()})
    await _record(ctx, "problem.changed", problem, {**told, **said})
    return problem


async def _wanted(ctx: Ctx, patch: ProblemPatch) -> dict[str, Any]:
    """The columns that a patch names, with what they are to be."""
    given = patch.model_dump(exclude_unset=True)
    wanted = {
        name: given[name] for name in ("name", "state", "note") if given.get(name) is not None
    }
    if "name" in wanted:
        wanted["is_named_by_person"] = True
    if "article_id" in given:
        if patch.article_id is not None:
            await knowledge.get_article(ctx, patch.article_id)
        wanted["article_id"] = patch.article_id
    if "record" in given:
        wanted["record_url"] = None if patch.record is None else patch.record.url
        wanted["record_label"] = None if patch.record is None else patch.record.label
    return wanted


async def merge(ctx: Ctx, problem_id: UUID, into_id: UUID) -> Problem:
    """Make two problems one, which is returned; what was written on either stays if there is room.

    From now on conversations like those of either join it.

    Raises:
        ProblemNotFound: one of them is not in this workspace.
        ProblemsTheSame: they are one already.
    """
    problems = ProblemRepository(ctx)
    await problems.hold()
    gone = await problems.root(problem_id, lock=True)
    into = await problems.root(into_id, lock=True)
    if gone.id == into.id:
        raise ProblemsTheSame
    if gone.is_named_by_person and not into.is_named_by_person:
        into.name, into.is_named_by_person = gone.name, True
    into.note = into.note or gone.note
    into.article_id = into.article_id or gone.article_id
    if into.record_url is None:
        into.record_url, into.record_label = gone.record_url, gone.record_label
    await problems.merge(gone.id, into.id)
    await _record(ctx, "problem.merged", into, {"gone": str(gone.id)})
    return into


async def split(
    ctx: Ctx, problem_id: UUID, conversation_ids: Collection[UUID], name: str | None
) -> Problem:
    """Make some conversations a problem of their own, which is returned.

    The two are never merged by the machine, and newcomers go to whichever is nearer.

    Raises:
        ProblemNotFound: no such problem in this workspace.
        ConversationNotInProblem: one of them is not the problem's.
        ProblemWouldBeEmpty: they are all that it has.
    """
    problems = ProblemRepository(ctx)
    await problems.hold()
    problem = await problems.root(problem_id, lock=True)
    members = await problems.members(problem.id, conversation_ids)
    if len(members) < len(set(conversation_ids)):
        raise ConversationNotInProblem
    if len(members) >= problem.conversation_count:
        raise ProblemWouldBeEmpty
    ids = [member.conversation_id for member in members]
    faces = {member.face_id for member in members if member.face_id is not None}
    made_id, times = new_id(), [member.asked_at for member in members]
    await problems.count(ids, by=-1)
    await problems.found([{"id": made_id, "first_seen_at": min(times), "last_seen_at": max(times)}])
    await problems.put(ids, made_id, barred_from=problem.id)
    await problems.count(ids, by=1)
    await problems.keep_apart(problem.id, made_id)
    await problems.draw({*faces, made_id})
    await problems.tidy([problem.id, made_id])
    made = await problems.get(made_id, lock=True)
    if name is not None:
        made.name, made.is_named_by_person = name, True
    made.decided_at = ctx.now()
    details = {"made": str(made_id), "conversations": len(ids)}
    await _record(ctx, "problem.split", problem, details)
    await emit(ctx, ProblemChanged(problem_id=made_id), subject=made_id)
    return made


async def take_out(ctx: Ctx, problem_id: UUID, conversation_id: UUID) -> None:
    """Say that a conversation is not about this problem; the machine never puts it back.

    Raises:
        ProblemNotFound: no such problem in this workspace.
        ConversationNotInProblem: it is not the problem's.
    """
    problems = ProblemRepository(ctx)
    await problems.hold()
    problem = await problems.root(problem_id, lock=True)
    members = await problems.members(problem.id, [conversation_id])
    if not members:
        raise ConversationNotInProblem
    faces = {member.face_id for member in members if member.face_id is not None}
    await problems.count([conversation_id], by=-1)
    await problems.take_out(conversation_id, problem.id)
    await problems.draw(faces)
    await problems.tidy([problem.id])
    told = {"conversation_id": str(conversation_id)}
    await _record(ctx, "problem.conversation_removed", problem, told)


async def _record(ctx: Ctx, verb: str, problem: Problem, details: dict[str, Any]) -> None:
    """Note that a person decided something about a problem, and tell."""
    problem.decided_at = ctx.now()
    await ctx.session.flush()
    await emit(ctx, ProblemChanged(problem_id=problem.id), subject=problem.id)
    await audit.record(ctx, verb, subject=f"problem:{problem.id}", details=details)
