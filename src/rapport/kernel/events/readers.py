"""Who reads the log."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from rapport.kernel.errors import NotFound
from rapport.kernel.events.catalogue import Event

Handler = Callable[..., Awaitable[None]]
F = TypeVar("F", bound=Handler)


class UnknownReader(NotFound):
    """No loaded room has a reader of that name."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One function that follows the log, and the kinds of event it cares for."""

    key: str
    names: Sequence[str]
    handle: Handler
    start: Literal["beginning", "now"]
    timeout_s: float


_readers: dict[str, Reader] = {}


def reader(
    key: str,
    *events: type[Event],
    start: Literal["beginning", "now"] = "beginning",
    timeout_s: float = 60,
) -> Callable[[F], F]:
    """Run `async def handle(ctx, event, record)` for each event of these kinds.

    It runs after the commit, in a unit of work of its own as the system, together with the
    reader's cursor: what it writes to the database happens once, what it does outside may happen
    twice. Events of a workspace come in order; one that fails is tried again and, after five
    failures, laid aside among the dead letters. `key` names the cursor: renaming it starts anew,
    from the `beginning` of the log or from `now`. Do slow things (models, networks) before the
    first write, since an open transaction that has written holds back all other readers.
    """

    def register(handle: F) -> F:
        names = tuple(event.name for event in events)
        _readers[key] = Reader(key, names, handle, start, timeout_s)
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
