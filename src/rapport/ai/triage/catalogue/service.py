"""What messages may be about: intents, and the examples that administrators type."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from rapport.ai.triage.catalogue.repository import ExampleRepository, IntentRepository
from rapport.ai.triage.errors import (
    ExampleNotFound,
    IntentArchived,
    IntentNameTaken,
    IntentNotFound,
    TooManyExamples,
    TooManyIntents,
)
from rapport.ai.triage.events import IntentChanged
from rapport.ai.triage.models import Intent
from rapport.ai.triage.schemas import ExampleOut, IntentIn, IntentPatch, IntentRow
from rapport.conversations.desk.service import tags
from rapport.conversations.errors import TagNotFound
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor

MOST_INTENTS: Final = 300
MOST_TYPED: Final = 500
_SHOWN: Final = 1_000
"""Of the list, archived ones included."""


async def intents(ctx: Ctx) -> list[IntentRow]:
    """The intents by name, archived ones last, with how many examples teach them."""
    repository = IntentRepository(ctx)
    rows, counts = await repository.all(limit=_SHOWN), await repository.counts()
    return [_row(row, *counts.get(row.id, (0, 0))) for row in rows]


async def get_intent(ctx: Ctx, intent_id: UUID) -> Intent:
    """One intent, archived or not.

    Raises:
        IntentNotFound: no such intent in this workspace.
    """
    return await IntentRepository(ctx).get(intent_id)


async def create_intent(ctx: Ctx, wanted: IntentIn) -> Intent:
    """A new intent, still without examples.

    Raises:
        IntentNameTaken: another one has this name.
        TooManyIntents: there are as many as there may be.
        TagNotFound: one of the tags is not in this workspace.
    """
    repository = IntentRepository(ctx)
    await _refuse_if_named(repository, wanted.name, of=None)
    await _refuse_if_full(repository)
    await _refuse_unknown_tags(ctx, wanted.tag_ids)
    intent = await repository.add(**wanted.model_dump(), archived_at=None)
    await _announce(ctx, intent, "added", {})
    return intent


async def change_intent(ctx: Ctx, intent_id: UUID, patch: IntentPatch) -> Intent:
    """Change the named fields; archive it, or bring it back.

    Raises:
        IntentNotFound: no such intent in this workspace.
        IntentNameTaken: another one has this name.
        TooManyIntents: there are as many as there may be.
        TagNotFound: one of the tags is not in this workspace.
    """
    repository = IntentRepository(ctx)
    intent = await repository.get(intent_id, lock=True)
    changes = _changes(ctx, intent, patch)
    if "name" in changes:
        await _refuse_if_named(repository, changes["name"], of=intent.id)
    if intent.archived_at is not None and "archived_at" in changes:
        await _refuse_if_full(repository)
    await _refuse_unknown_tags(ctx, changes.get("tag_ids", ()))
    before = {name: getattr(intent, name) for name in changes}
    for name, value in changes.items():
        setattr(intent, name, value)
    await ctx.session.flush()
    told = audit.changes(_plain(before), _plain(changes), sorted(changes))
    if told:
        await _announce(ctx, intent, "changed", told)
    return intent


async def archive_intent(ctx: Ctx, intent_id: UUID) -> None:
    """Offer an intent no more. What was read and taught stays, and comes back with it.

    Raises:
        IntentNotFound: no such intent in this workspace.
    """
    await change_intent(ctx, intent_id, IntentPatch(is_archived=True))


async def usable(ctx: Ctx, intent_ids: Collection[UUID]) -> list[Intent]:
    """The intents with these ids, in their order, each once.

    Raises:
        IntentNotFound: one of them is not in this workspace.
        IntentArchived: one of them is not offered any more.
    """
    wanted = list(dict.fromkeys(intent_ids))
    found = await IntentRepository(ctx).many(wanted)
    if len(found) < len(wanted):
        raise IntentNotFound
    if any(row.archived_at is not None for row in found.values()):
        raise IntentArchived
    return [found[id_] for id_ in wanted]


async def examples_of(
    ctx: Ctx, intent_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> Page[ExampleOut]:
    """What teaches an intent, the latest first.

    Raises:
        IntentNotFound: no such intent in this workspace.
    """
    intent = await IntentRepository(ctx).get(intent_id)
    before = None if cursor is None else decode_cursor(cursor, UUID)[0]
    rows = await ExampleRepository(ctx).page(intent.id, before=before, limit=limit + 1)
    shown = [ExampleOut.model_validate(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=shown, next=encode_cursor([shown[-1].id]) if more else None)


async def type_examples(ctx: Ctx, intent_id: UUID, texts: Sequence[str]) -> int:
    """Add typed examples to an intent; how many were new. Those it has already change nothing.

    Raises:
        IntentNotFound, IntentArchived: it cannot be used.
        TooManyExamples: there would be more than there may be.
    """
    (intent,) = await usable(ctx, [intent_id])
    wanted = list(dict.fromkeys(texts))
    examples = ExampleRepository(ctx)
    await IntentRepository(ctx).get(intent.id, lock=True)
    if await examples.typed(intent.id) + len(wanted) > MOST_TYPED:
        raise TooManyExamples
    added = await examples.type_in(intent.id, wanted)
    if added:
        await _announce(ctx, intent, "taught", {"examples": added})
    return added


async def remove_example(ctx: Ctx, intent_id: UUID, example_id: UUID) -> None:
    """Let an example teach an intent no more.

    Raises:
        ExampleNotFound: this intent has no such example.
    """
    examples = ExampleRepository(ctx)
    row = await examples.get(example_id, lock=True)
    if row.intent_id != intent_id:
        raise ExampleNotFound
    intent = await IntentRepository(ctx).get(intent_id)
    await examples.remove(row)
    await _announce(ctx, intent, "untaught", {"example_id": str(example_id)})


def _changes(ctx: Ctx, intent: Intent, patch: IntentPatch) -> dict[str, Any]:
    """What a patch makes other than it is; only a topic may be null."""
    said = patch.model_dump(exclude_unset=True)
    is_archived = said.pop("is_archived", None)
    wanted = {name: it for name, it in said.items() if it is not None or name == "topic"}
    if is_archived is not None and is_archived != (intent.archived_at is not None):
        wanted["archived_at"] = ctx.now() if is_archived else None
    return {name: it for name, it in wanted.items() if it != getattr(intent, name)}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as an audit record has them."""
    return {
        name: [str(id_) for id_ in it]
        if isinstance(it, list)
        else (it is not None if name == "archived_at" else it)
        for name, it in values.items()
    }


async def _refuse_if_named(repository: IntentRepository, name: str, *, of: UUID | None) -> None:
    namesake = await repository.named(name)
    if namesake is not None and namesake.id != of:
        raise IntentNameTaken


async def _refuse_if_full(repository: IntentRepository) -> None:
    if len(await repository.offered()) >= MOST_INTENTS:
        raise TooManyIntents


async def _refuse_unknown_tags(ctx: Ctx, tag_ids: Collection[UUID]) -> None:
    if tag_ids and not {*tag_ids} <= {tag.id for tag in await tags(ctx)}:
        raise TagNotFound


async def _announce(ctx: Ctx, intent: Intent, what: str, details: dict[str, object]) -> None:
    await emit(ctx, IntentChanged(intent_id=intent.id), subject=intent.id)
    subject = f"intent:{intent.id}"
    await audit.record(ctx, f"intent.{what}", subject=subject, name=intent.name, details=details)


def _row(intent: Intent, typed: int, labelled: int) -> IntentRow:
    return IntentRow(
        id=intent.id,
        name=intent.name,
        description=intent.description,
        topic=intent.topic,
        tag_ids=intent.tag_ids,
        archived_at=intent.archived_at,
        typed=typed,
        labelled=labelled,
    )
