"""How events become what a client sees.

The log holds ids; clients need the things themselves. A room registers one function for its events,
and the hub calls it with a whole batch, so that each kind of thing is read once per batch.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event frame for everybody on one topic.

    `body` holds current snapshots under the names of their kinds (`{"conversation": {...}}`), never
    `type`, `cursor` or `name`, which the hub adds. Values may be anything msgspec or Pydantic can
    write as JSON. The same record may have several deliveries with different bodies: one topic
    never sees another's.
    """

    record: Recorded
    topic: str
    body: Mapping[str, Any]
    part: int = 0
    """Counts the deliveries of one record on one topic; set by `present`."""


Presenter = Callable[[Ctx, Sequence[Recorded]], Awaitable[Sequence[Delivery]]]

_presenters: dict[str, Presenter] = {}


def presents(prefix: str, presenter: Presenter) -> None:
    """Have `presenter` turn all events whose name starts with `prefix` into deliveries.

    It runs in a unit of work of the records' workspace, as the system, and must only read. A record
    whose thing is gone has no delivery. The longest prefix wins.
    """
    _presenters[prefix] = presenter


def presenter_of(name: str) -> Presenter | None:
    """Who presents events of this name; None for events that no client sees."""
    fitting = [prefix for prefix in _presenters if name.startswith(prefix)]
    return _presenters[max(fitting, key=len)] if fitting else None


async def present(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """The deliveries of these records of one workspace, in the order of the log."""
    shares: dict[Presenter, list[Recorded]] = {}
    for record in records:
        presenter = presenter_of(record.name)
        if presenter is not None:
            shares.setdefault(presenter, []).append(record)
    deliveries = [d for who, share in shares.items() for d in await who(ctx, share)]
    place = {record.id: at for at, record in enumerate(records)}
    return _number(sorted(deliveries, key=lambda delivery: place[delivery.record.id]))


def _number(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Tell apart the deliveries that one record has on one topic."""
    parts: Counter[tuple[int, str]] = Counter()
    numbered = []
    for delivery in deliveries:
        key = (delivery.record.id, delivery.topic)
        numbered.append(replace(delivery, part=parts[key]) if parts[key] else delivery)
        parts[key] += 1
    return numbered
