"""Who reads the log."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from rapport.kernel.context import Ctx
from rapport.kernel.errors import NotFound
from rapport.kernel.events.catalogue import Event
from rapport.kernel.events.log import Recorded

Handler = Callable[..., Awaitable[None]]
BatchHandler = Callable[[Ctx, Sequence[Recorded]], Awaitable[None]]
Sift = Callable[[Ctx, Sequence[Recorded]], Awaitable[Sequence[Recorded]]]
F = TypeVar("F", bound=Handler)
B = TypeVar("B", bound=BatchHandler)
TOGETHER = 100


class UnknownReader(NotFound):
    """No loaded room has a reader of that name."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One function that follows the log, and the kinds of event it cares for."""

    key: str
    names: Sequence[str]
    handle: BatchHandler
    """Handles events of one workspace, in their order, in one unit of work."""
    start: Literal["beginning", "now"]
    timeout_s: float
    together: int = 1
    """How many events it is given at once, at most."""
    sift: Sift | None = None
    """Tells those of up to `TOGETHER` events that concern it; the others are passed over."""


_readers: dict[str, Reader] = {}


def reader(
    key: str,
    *events: type[Event],
    start: Literal["beginning", "now"] = "beginning",
    timeout_s: float = 60,
    sift: Sift | None = None,
) -> Callable[[F], F]:
    """Run `async def handle(ctx, event, record)` for each event of these kinds.

    It runs after the commit, in a unit of work of its own as the system, together with the
    reader's cursor: what it writes to the database happens once, what it does outside may happen
    twice. Events of a workspace come in order; one that fails is tried again and, after five
    failures, laid aside among the dead letters. `key` names the cursor: renaming it starts anew,
    from the `beginning` of the log or from `now`. Do slow things (models, networks) before the
    first write, since an open transaction that has written holds back all other readers.

    Most events do not concern most readers: `sift` looks at many of a workspace at once, only
    reading, and returns those worth a unit of work.
    """

    def register(handle: F) -> F:
        async def one_by_one(ctx: Ctx, records: Sequence[Recorded]) -> None:
            for record in records:
                await handle(ctx, record.event, record)

        names = tuple(event.name for event in events)
        _readers[key] = Reader(key, names, one_by_one, start, timeout_s, sift=sift)
        return handle

    return register


def batch_reader(
    key: str,
    *events: type[Event],
    start: Literal["beginning", "now"] = "beginning",
    timeout_s: float = 60,
    together: int = TOGETHER,
) -> Callable[[B], B]:
    """Run `async def handle(ctx, records)` for up to `together` events of one workspace at once.

    For readers that only write to the database, and quickly. When a batch fails all of it is undone
    and its events are handled one at a time, with the promises of `reader`.
    """

    def register(handle: B) -> B:
        names = tuple(event.name for event in events)
        _readers[key] = Reader(key, names, handle, start, timeout_s, together)
        return handle

    return register


def registered() -> list[Reader]:
    """All readers of the loaded rooms, by key."""
    return [_readers[key] for key in sorted(_readers)]


def find(key: str, among: Iterable[Reader] | None = None) -> Reader:
    """The reader called `key`.

    Raises:
        UnknownReader: there is none.
    """
    for candidate in registered() if among is None else among:
        if candidate.key == key:
            return candidate
    raise UnknownReader(f"No loaded room has a reader called {key!r}.")
