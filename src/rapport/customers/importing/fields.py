"""What the columns of a file are, and what a row says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from rapport.customers.addresses import e164, folded, is_email
from rapport.customers.attributes.models import AttributeDefinition
from rapport.customers.attributes.service import check
from rapport.customers.errors import MappingInvalid
from rapport.customers.schemas import CustomerPatch
from rapport.kernel.folding import fold

PLAIN: Final = ("name", "company", "locale", "timezone", "status", "value")
CHANNELS: Final = {"email": "email", "phone": "phone", "external_id": "website"}
"""The channel of an identity for each field that is an address."""
FIELDS: Final = (*PLAIN, *CHANNELS, "first_name", "last_name", "language")
ATTRIBUTE: Final = "attributes."
_KEY: Final = re.compile(r"[\w .:-]{1,64}")
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "email": ("email", "e mail", "mail", "email address", "e mail adresse", "emailadresse"),
    "phone": ("phone", "telephone", "telefon", "tel", "mobile", "mobil", "handy", "phone number"),
    "external_id": ("id", "external id", "user id", "userid", "customer id", "kundennummer"),
    "name": ("name", "full name", "fullname", "contact", "kontakt", "customer", "kunde"),
    "first_name": ("first name", "firstname", "given name", "vorname", "prenom"),
    "last_name": ("last name", "lastname", "surname", "family name", "nachname", "nom"),
    "company": ("company", "organisation", "organization", "firma", "unternehmen", "account"),
    "locale": ("locale",),
    "language": ("language", "sprache", "langue"),
    "timezone": ("timezone", "time zone", "zeitzone"),
    "status": ("status", "stage"),
    "value": ("value", "lifetime value", "ltv", "revenue", "umsatz"),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row: in which column, as a code and for people."""

    column: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says: values by field, addresses in the form in which they are kept."""

    values: dict[str, Any]
    wrong: tuple[Wrong, ...]


def suggest(
    columns: Sequence[str],
    samples: Sequence[Sequence[str]],
    definitions: Sequence[AttributeDefinition],
) -> dict[str, str]:
    """A field for each column that is understood, by its name or by what stands in it."""
    by_word = {word: field for field, words in _WORDS.items() for word in words}
    known = {fold(d.label): d.key for d in definitions} | {fold(d.key): d.key for d in definitions}
    mapping: dict[str, str] = {}
    for place, column in enumerate(columns):
        word = re.sub(r"[^\w]+|_", " ", fold(column)).strip()
        field = by_word.get(word)
        if field is None and (fold(column) in known or word in known):
            field = ATTRIBUTE + known.get(fold(column), known.get(word, ""))
        cells = [row[place] for row in samples if place < len(row) and row[place]]
        if field is None and cells and all(is_email(folded(cell)) for cell in cells):
            field = "email"
        if field is not None and field not in mapping.values():
            mapping[column] = field
    return mapping


def require(mapping: Mapping[str, str], columns: Sequence[str], match: str) -> None:
    """Refuse a mapping that cannot be used.

    Raises:
        MappingInvalid: it names a column or a field that is none, a field twice, or lacks what
            customers are recognised by.
    """
    for column, field in mapping.items():
        is_attribute = field.startswith(ATTRIBUTE) and _KEY.fullmatch(field[len(ATTRIBUTE) :])
        if column not in columns:
            raise MappingInvalid(f"There is no column {column!r}.")
        if field not in FIELDS and not is_attribute:
            raise MappingInvalid(f"There is no field {field!r}.")
    if len(set(mapping.values())) < len(mapping):
        raise MappingInvalid("Two columns go to the same field.")
    if match not in mapping.values():
        raise MappingInvalid(f"No column holds what customers are recognised by ({match}).")


def read(
    cells: Sequence[str],
    columns: Sequence[str],
    mapping: Mapping[str, str],
    definitions: Sequence[AttributeDefinition],
    *,
    match: str,
    region: str | None,
) -> Row:
    """What a row says; empty cells say nothing."""
    found = dict(zip(columns, cells, strict=False))
    values: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for column, field in mapping.items():
        text = found.get(column, "")
        if not text:
            continue
        value, why = _value(field, text, definitions, region)
        if why is None:
            values[field] = value
        else:
            wrong.append(Wrong(column, *why))
    names = [values.pop(part, "") for part in ("first_name", "last_name")]
    joined = " ".join(name for name in names if name)
    if joined and "name" not in values:
        values["name"] = joined
    column = next((c for c, field in mapping.items() if field == match), "")
    if match not in values and not any(one.column == column for one in wrong):
        wrong.append(Wrong(column, "match_missing", "is empty, and customers are found by it"))
    return Row(values, tuple(wrong))


_Why = tuple[str, str] | None


def _value(
    field: str, text: str, definitions: Sequence[AttributeDefinition], region: str | None
) -> tuple[Any, _Why]:
    if field == "email":
        kept = folded(text)
        return (kept, None) if is_email(kept) else (None, ("email_invalid", "is no e-mail address"))
    if field == "phone":
        number = e164(text, region)
        if number is None:
            return None, (
                "phone_invalid",
                "is no telephone number; begin it with + and the country",
            )
        return number, None
    if field == "external_id":
        return (text, None) if len(text) <= 320 else (None, ("too_long", "is too long"))
    if field.startswith(ATTRIBUTE):
        key = field.removeprefix(ATTRIBUTE)
        kept_all, wrong = check(definitions, {key: text})
        if key in wrong:
            return None, ("attribute_invalid", wrong[key])
        return _fitting({"attributes": {key: kept_all[key]}}, kept_all[key])
    if field == "language":
        return _fitting({"preferences": {"language": text}}, text)
    plain = text.replace(",", ".") if field == "value" and "." not in text else text
    name = "name" if field in {"first_name", "last_name"} else field
    return _fitting({name: plain}, plain)


def _fitting(patch: Mapping[str, Any], value: Any) -> tuple[Any, _Why]:
    try:
        CustomerPatch.model_validate(patch)
    except ValidationError as error:
        return None, ("value_invalid", error.errors()[0]["msg"])
    return value, None


def patch_of(values: Mapping[str, Any]) -> CustomerPatch:
    """The values of a row, or those that were there before, as a change of a customer."""
    said: dict[str, Any] = {f: values[f] for f in (*PLAIN, "email", "phone") if f in values}
    if "language" in values:
        said["preferences"] = {"language": values["language"]}
    attributes = {
        field.removeprefix(ATTRIBUTE): value
        for field, value in values.items()
        if field.startswith(ATTRIBUTE)
    }
    if attributes:
        said["attributes"] = attributes
    return CustomerPatch.model_validate(said)
