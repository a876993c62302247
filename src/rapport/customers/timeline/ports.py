"""What kinds of things happen to customers, and who tells of those that are kept elsewhere.

A room that puts entries on timelines says so here, at import; `group` is what people filter by. A
room whose things are rows of its own anyway need not write them twice: it registers a `Source`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from rapport.kernel.context import Ctx


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry: `key` is stable, `group` gathers several."""

    key: str
    group: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to a customer, whoever keeps it.

    `id` is unique among all entries and, beside `at`, the place in the stream.
    """

    id: UUID
    kind: str
    at: datetime
    title: str
    text: str
    customer_id: UUID
    conversation_id: UUID | None = None
    seq: int | None = None
    actor: str = ""
    actor_name: str = ""
    data: dict[str, Any] | None = None


class Source(Protocol):
    """A room's own things as entries."""

    async def page(
        self,
        ctx: Ctx,
        family: Sequence[UUID],
        *,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[Entry]:
        """The newest entries of these customers before a place, newest first.

        Ordered by `at` and then `id`, both descending; `after` is exclusive. It must read in the
        order of an index: a customer may have any number of them.
        """


_kinds: dict[str, Kind] = {}
_sources: dict[str, Source] = {}


def register(*kinds: Kind) -> None:
    """Let these kinds be; registering one again changes nothing."""
    for kind in kinds:
        _kinds[kind.key] = kind


def add_source(kind: Kind, source: Source) -> None:
    """Have a room tell of this kind itself, and of nothing else."""
    register(kind)
    _sources[kind.key] = source


def everything() -> list[Kind]:
    """All kinds, by group and key."""
    return sorted(_kinds.values(), key=lambda kind: (kind.group, kind.key))


def group_of(kind: str) -> str:
    """What a kind is filtered by; of one nobody registered, `other`."""
    known = _kinds.get(kind)
    return known.group if known is not None else "other"


def wanted(groups: Collection[str], kinds: Collection[str]) -> frozenset[str] | None:
    """The kinds that a filter asks for; None for all."""
    if not groups and not kinds:
        return None
    return frozenset(kinds) | {k.key for k in _kinds.values() if k.group in groups}


def sources(wanted: Collection[str] | None) -> list[Source]:
    """Who tells of any of these kinds."""
    return [source for kind, source in _sources.items() if wanted is None or kind in wanted]


register(
    Kind("conversation_started", "conversations"),
    Kind("conversation_resolved", "conversations"),
    Kind("note", "notes"),
    Kind("call", "calls"),
    Kind("page", "pages"),
    Kind("track", "events"),
    Kind("screen", "events"),
    Kind("identify", "people"),
    Kind("group", "people"),
    Kind("identity_added", "people"),
    Kind("merged", "people"),
    Kind("unmerged", "people"),
    Kind("consent", "people"),
    Kind("imported", "people"),
)
