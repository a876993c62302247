"""What a customer has of their own, and what several together show as one person.

Merging moves nothing. The one who remains shows, for each field, their own value or else that of
the first who was merged into them and has one; so undoing a merge, in whatever order, leaves
exactly what would be there if it had never been made.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from rapport.customers.models import Customer
from rapport.kernel.folding import fold

_FILLED: Final = ("name", "email", "phone", "company_id", "locale", "timezone", "status", "value")
_KEYED: Final = ("attributes", "preferences")
_SUMMED: Final = ("verified", "first_seen_at", "last_seen_at", "conversation_count")
_READ: Final[dict[str, Callable[[str], Any]]] = {
    "company_id": UUID,
    "value": Decimal,
    "first_seen_at": datetime.fromisoformat,
    "last_seen_at": datetime.fromisoformat,
}


@dataclass(slots=True)
class Own:
    """A customer's own values, and what was taken away although others have it (`cleared`)."""

    values: dict[str, Any]
    cleared: set[str]

    @classmethod
    def of(cls, customer: Customer) -> "Own":
        """Those of a customer whom nobody is part of yet."""
        fields = (*_FILLED, *_KEYED, *_SUMMED)
        return cls({field: getattr(customer, field) for field in fields}, set())

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Own":
        """Those that `written` wrote."""
        values = {
            field: _READ[field](value) if field in _READ and value is not None else value
            for field, value in written["values"].items()
        }
        return cls(values, set(written["cleared"]))

    def written(self) -> dict[str, Any]:
        """Them as JSON."""
        values = {
            field: str(value)
            if isinstance(value, UUID | Decimal)
            else value.isoformat()
            if isinstance(value, datetime)
            else value
            for field, value in self.values.items()
        }
        return {"values": values, "cleared": sorted(self.cleared)}

    def set(self, customer: Customer, changed: Mapping[str, Any]) -> None:
        """Take over what people changed in what the customer shows."""
        for field, value in changed.items():
            if field in _KEYED:
                self._set_keys(field, getattr(customer, field), value)
            else:
                self.values[field] = value
                self._note(field, is_there=bool(value))

    def _set_keys(self, field: str, shown: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        mine = dict(self.values[field])
        for key in {*shown, *wanted}:
            if shown.get(key) == wanted.get(key) and (key in shown) == (key in wanted):
                continue
            if key in wanted:
                mine[key] = wanted[key]
            else:
                mine.pop(key, None)
            self._note(f"{field}.{key}", is_there=key in wanted)
        self.values[field] = mine

    def _note(self, place: str, *, is_there: bool) -> None:
        if is_there:
            self.cleared.discard(place)
        else:
            self.cleared.add(place)

    def take_back(self, filled: Mapping[str, Any], conversations: int) -> None:
        """Forget what a merge of an earlier version put in."""
        for field, value in filled.items():
            if field in _FILLED and self.values[field] == value:
                self.values[field] = "" if field == "name" else None
        count = self.values["conversation_count"] - conversations
        self.values["conversation_count"] = max(0, count)


def together(own: Own, members: Sequence[Customer]) -> dict[str, Any]:
    """What a customer shows: their own, filled up by their members in the order they came."""
    shown = dict(own.values)
    for field in _FILLED:
        if not shown[field] and field not in own.cleared:
            shown[field] = next(
                (getattr(m, field) for m in members if getattr(m, field)), shown[field]
            )
    for field in _KEYED:
        joined = dict(shown[field])
        for member in members:
            for key, value in getattr(member, field).items():
                if key not in joined and f"{field}.{key}" not in own.cleared:
                    joined[key] = value
        shown[field] = joined
    everybody = [m for m in members if m.erased_at is None]
    shown["verified"] = shown["verified"] or any(m.verified for m in everybody)
    shown["first_seen_at"] = min([shown["first_seen_at"], *(m.first_seen_at for m in everybody)])
    shown["last_seen_at"] = max([shown["last_seen_at"], *(m.last_seen_at for m in everybody)])
    shown["conversation_count"] += sum(m.conversation_count for m in everybody)
    mine = search_text(shown["name"], shown["email"], shown["phone"])
    texts = [mine, *(m.search_text for m in members)]
    shown["search_text"] = joined_words(texts) if members else mine
    return shown


def search_text(name: str, email: str | None, phone: str | None) -> str:
    """What a search for customers looks at."""
    return fold(" ".join(part for part in (name, email, phone) if part))


def joined_words(texts: Iterable[str]) -> str:
    """Texts one after another, without words that came before; 2,000 characters at most."""
    words = dict.fromkeys(word for text in texts for word in text.split(" "))
    return " ".join(word for word in words if word)[:2_000]
