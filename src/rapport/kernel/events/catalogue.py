"""Which kinds of event there are."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from rapport.kernel.errors import RapportError


class UnknownEvent(RapportError):
    """The log holds an event that no loaded room knows."""


class Event(BaseModel):
    """A fact, immutable and JSON-serialisable. Subclasses declare `name="room.thing_happened"`.

    Events carry ids and words of ours (`kernel.personal.Code`), never what people wrote: whoever
    needs the present state of a thing asks its room for it. Where words must be told nevertheless
    they are `kernel.personal.Sealed`, and unreadable once the thing they are about is erased.
    """

    model_config = ConfigDict(frozen=True)
    name: ClassVar[str]

    def __init_subclass__(cls, *, name: str, **kwargs: Any) -> None:
        """Register the event under its public name.

        Raises:
            ValueError: another event has that name already.
        """
        super().__init_subclass__(**kwargs)
        known = catalogue.get(name)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise ValueError(f"Two events are called {name!r}.")
        cls.name = name
        catalogue[name] = cls


catalogue: dict[str, type[Event]] = {}


def parse(name: str, payload: dict[str, Any]) -> Event:
    """The event a row of the log stands for.

    Raises:
        UnknownEvent: no loaded room declares `name`.
        pydantic.ValidationError: the payload was written by an incompatible version.
    """
    kind = catalogue.get(name)
    if kind is None:
        raise UnknownEvent(f"No loaded room knows the event {name!r}.")
    return kind.model_validate(payload)
