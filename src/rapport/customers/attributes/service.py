"""Which attributes customers have here, and whether a value fits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from rapport.customers.attributes.models import AttributeDefinition
from rapport.customers.attributes.repository import AttributeRepository
from rapport.customers.attributes.schemas import AttributeDefinitionIn, AttributeDefinitionPatch
from rapport.customers.errors import AttributeInvalid, AttributeTaken
from rapport.customers.events import PeopleChanged
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

_YES: Final = frozenset({"true", "yes", "y", "1", "ja", "oui", "si", "sí", "x"})
_NO: Final = frozenset({"false", "no", "n", "0", "nein", "non", ""})
_DATES: Final = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")


async def everything(ctx: Ctx) -> Sequence[AttributeDefinition]:
    """All definitions, in the order in which they are shown."""
    return await AttributeRepository(ctx).everything()


async def define(ctx: Ctx, body: AttributeDefinitionIn) -> AttributeDefinition:
    """A new attribute, shown last.

    Raises:
        AttributeTaken: there is one with this key.
        AttributeInvalid: something to choose from is given, or missing, against its kind.
    """
    definitions = AttributeRepository(ctx)
    _require_choices(body.kind, body.choices)
    if await definitions.by_key(body.key) is not None:
        raise AttributeTaken
    position = await definitions.last_position() + 1
    made = await definitions.add(
        key=body.key,
        label=body.label,
        kind=body.kind,
        choices=list(body.choices),
        position=position,
        is_archived=False,
    )
    await _told(ctx, made, "customer_attribute.defined", {"kind": made.kind})
    return made


async def change(
    ctx: Ctx, attribute_id: UUID, patch: AttributeDefinitionPatch
) -> AttributeDefinition:
    """Change how an attribute is called or what may be chosen; values that are there stay.

    Raises:
        AttributeNotFound: there is no such attribute.
        AttributeInvalid: nothing would be left to choose from.
    """
    known = await AttributeRepository(ctx).get(attribute_id, lock=True)
    given = {k: v for k, v in patch.model_dump(exclude_unset=True).items() if v is not None}
    changed = sorted(field for field, value in given.items() if getattr(known, field) != value)
    if "choices" in changed:
        _require_choices(known.kind, given["choices"])
    for field in changed:
        setattr(known, field, given[field])
    if changed:
        await ctx.session.flush()
        await _told(ctx, known, "customer_attribute.changed", {"fields": changed})
    return known


async def remove(ctx: Ctx, attribute_id: UUID) -> None:
    """Forget a definition; values under its key stay, as attributes without one.

    Raises:
        AttributeNotFound: there is no such attribute.
    """
    definitions = AttributeRepository(ctx)
    known = await definitions.get(attribute_id, lock=True)
    await definitions.remove(known)
    await _told(ctx, known, "customer_attribute.removed", {})


async def checked(
    ctx: Ctx, attributes: Mapping[str, Any], *, is_strict: bool = True
) -> dict[str, Any]:
    """The attributes as they are kept; null stays null. What has no definition passes as it is.

    Raises:
        AttributeInvalid: a value does not fit its definition. Without `is_strict` it is left out.
    """
    if not attributes:
        return {}
    kept, wrong = check(await everything(ctx), attributes)
    if wrong and is_strict:
        refused = AttributeInvalid("; ".join(f"{key}: {why}" for key, why in wrong.items()))
        refused.fields = {f"attributes.{key}": why for key, why in wrong.items()}
        raise refused
    return kept


def check(
    definitions: Sequence[AttributeDefinition], attributes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that fit, as they are kept, and what is wrong with the others by key."""
    by_key = {definition.key: definition for definition in definitions}
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, value in attributes.items():
        definition = by_key.get(key)
        if definition is None or value is None:
            kept[key] = value
            continue
        try:
            kept[key] = _READ[definition.kind](value, definition)
        except ValueError as error:
            wrong[key] = str(error)
    return kept, wrong


def _text(value: Any, _: AttributeDefinition) -> str:
    return value if isinstance(value, str) else str(value)


def _number(value: Any, _: AttributeDefinition) -> int | float:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    if isinstance(value, int | float):
        return value
    text = str(value).strip().replace(" ", "")
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        raise ValueError("must be a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("must be a number")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _date(value: Any, _: AttributeDefinition) -> str:
    text = str(value).strip()
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - only a day
        except ValueError:
            continue
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise ValueError("must be a date, such as 2026-01-31") from None


def _bool(value: Any, _: AttributeDefinition) -> bool:
    text = str(value).strip().casefold()
    if text in _YES | _NO:
        return text in _YES
    raise ValueError("must be yes or no")


def _choice(value: Any, definition: AttributeDefinition) -> str:
    text = str(value).strip()
    folded = {str(choice).casefold(): str(choice) for choice in definition.choices}
    if text.casefold() not in folded:
        raise ValueError("must be one of: " + ", ".join(str(c) for c in definition.choices))
    return folded[text.casefold()]


_READ: Final = {
    "text": _text,
    "number": _number,
    "date": _date,
    "bool": _bool,
    "choice": _choice,
}


def _require_choices(kind: str, choices: Sequence[str]) -> None:
    if (kind == "choice") != bool(choices):
        raise AttributeInvalid("An attribute to choose has choices, and no other kind has any.")


async def _told(
    ctx: Ctx, definition: AttributeDefinition, verb: str, details: dict[str, object]
) -> None:
    await emit(ctx, PeopleChanged(kind="attributes", id=definition.id))
    await audit.record(
        ctx,
        verb,
        subject=f"customer_attribute:{definition.id}",
        name=definition.label,
        details=details,
    )
