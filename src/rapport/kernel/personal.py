"""What each room holds about people outside: how it is found, told to them, and forgotten.

A room says so once, in its `privacy.py`; exports, erasures and retention (`kernel/privacy`) go
through all of them. Everything here goes by *things*: the ids of what is somebody's, be it their
own row, rows merged into it, or their conversations. So the same few lines of a room serve one
person who asks, and a thousand old conversations whose time has come.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel

from rapport.kernel.context import Ctx

Things = frozenset[UUID]
Counts = Counter[str]
"""How many of what, by a word of ours; empty when nothing was left to do."""


class _Ours:
    """Marks text that only ever holds words of ours."""


class _Sealed:
    """Marks text that is sealed with the key of the thing it is about."""


Code = Annotated[str, _Ours()]
"""A word of our own making, such as a status or the name of a channel; never what people wrote."""
Sealed = Annotated[str, _Sealed()]
"""What people wrote, as `kernel.secrets.vault.seal` makes it: unreadable once its key is gone."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of a table, and where to go on; None behind the last."""

    rows: Sequence[dict[str, Any]]
    next: Any = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along with an export, by its name and where its bytes lie in the store."""

    id: UUID
    name: str
    path: str


Rows = Callable[[Ctx, Things, Any], Awaitable[Portion]]
"""The rows about some things behind a place that the last portion named; None is the beginning."""
Enclosures = Callable[[Ctx, Things, Any], Awaitable[tuple[Sequence[Enclosure], Any]]]
"""The files, likewise."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file of an export, `<room>/<name>.json`; `about` is its line in the README."""

    name: str
    about: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Match:
    """Something old enough for a rule."""

    id: UUID
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """What a rule is about: everything from before an instant, in one inbox or in all."""

    before: datetime
    inbox_id: UUID | None


Effect = Literal["delete", "anonymise"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that may be kept for a limited time.

    `find` lists the oldest that a rule is about. `forgets` says that what all rooms
    hold about each is erased first; `remove` then takes away what the effect does not let stay, in
    the same transaction, and says how many it dealt with.
    """

    key: str
    effects: tuple[Effect, ...]
    per_inbox: bool
    forgets: bool
    find: Callable[[Ctx, Reach, Effect, int], Awaitable[Sequence[Match]]]
    remove: Callable[[Ctx, Collection[UUID], Effect], Awaitable[int]]


async def _nothing(ctx: Ctx, things: Things) -> Things:
    return frozenset()


async def _none(ctx: Ctx, things: Things) -> None:
    return None


async def _done(ctx: Ctx, things: Things) -> Counts:
    return Counter()


@dataclass(frozen=True, slots=True)
class Room:
    """A room's part in privacy.

    `belongings` names further things that are somebody's once some are known. `close` lets nothing
    new come in. `erase` forgets at most a few hundred rows and says how many; it is called, each
    time in a transaction of its own, until nothing is left, and may be called again later.
    """

    key: str
    about: str
    tables: tuple[Table, ...] = ()
    enclosures: Enclosures | None = None
    belongings: Callable[[Ctx, Things], Awaitable[Things]] = _nothing
    close: Callable[[Ctx, Things], Awaitable[None]] = _none
    erase: Callable[[Ctx, Things], Awaitable[Counts]] = _done
    kinds: tuple[Kind, ...] = ()
    named_by: tuple[str, ...] = ()
    """Fields by which arguments of actions name a thing of this room, e.g. `conversation_id`."""


@dataclass(frozen=True, slots=True)
class Who:
    """A person as somebody must name them to have them erased."""

    id: UUID
    kind: str
    label: str
    """Their name, else an address, else the beginning of their id."""


@dataclass(slots=True)
class Rooms:
    """The rooms that take part. There is one, `rooms`; tests make their own."""

    known: dict[str, Room] = field(default_factory=dict)

    def add(self, room: Room) -> None:
        """Let a room take part; adding it again replaces it."""
        self.known[room.key] = room

    def __iter__(self) -> Any:
        return iter([self.known[key] for key in sorted(self.known)])

    def kinds(self) -> dict[str, Kind]:
        """Everything that may have a rule, by its key."""
        return {kind.key: kind for room in self for kind in room.kinds}

    async def things_of(self, ctx: Ctx, known: Things) -> Things:
        """All that is somebody's, from what is known to be theirs."""
        while True:
            found = known.union(*[await room.belongings(ctx, known) for room in self])
            if found == known:
                return found
            known = found

    def owner_of(self, arguments: BaseModel) -> UUID | None:
        """The thing that an action's arguments are about; None when they name none."""
        names = [name for room in self for name in room.named_by]
        values = (getattr(arguments, name, None) for name in names)
        return next((value for value in values if isinstance(value, UUID)), None)


rooms = Rooms()
Identify = Callable[[Ctx, UUID], Awaitable[Who]]
_identify: list[Identify] = []


def identifies(identify: Identify) -> Identify:
    """Register the one function that finds a person by their id; it refuses unknown ones."""
    _identify[:] = [identify]
    return identify


async def identify(ctx: Ctx, person_id: UUID) -> Who:
    """Who somebody is; of somebody merged into another, who they became.

    Raises:
        NotFound: there is no such person in this workspace.
    """
    return await _identify[0](ctx, person_id)
