import pytest
from pydantic import TypeAdapter, ValidationError

from rapport.kernel.cards import MAX_JSON_BYTES, Card

card = TypeAdapter[Card](Card)

EACH = [
    {"kind": "text", "text": "Hello"},
    {"kind": "facts", "facts": [{"label": "Total", "value": 12.5}]},
    {"kind": "table", "columns": ["a"], "rows": [[1], [None], ["x"]]},
    {"kind": "list", "items": [{"title": "One", "url": "https://example.com"}]},
    {"kind": "carousel", "items": [{"title": "One"}]},
    {"kind": "form", "fields": [{"key": "size", "label": "Size"}], "action": "retail.pick"},
    {"kind": "chart", "spec": {"mark": "bar", "data": {"values": [{"a": 1}]}}},
    {"kind": "map", "geojson": {"type": "Point", "coordinates": [1, 2]}},
    {"kind": "image", "url": "https://example.com/a.png", "alt": "A parcel"},
    {"kind": "file", "name": "a.pdf", "url": "/files/token"},
    {"kind": "steps", "steps": [{"text": "Unplug it"}]},
    {"kind": "scene", "title": "The engine"},
    {"kind": "sources", "sources": [{"title": "Returns", "quote": "Within 30 days"}]},
]


@pytest.mark.parametrize("given", EACH, ids=lambda given: given["kind"])
def test_every_kind_of_card_survives_the_wire(given: dict[str, object]) -> None:
    parsed = card.validate_python(given)

    assert card.validate_json(card.dump_json(parsed)) == parsed
    assert given.items() <= card.dump_python(parsed, exclude_unset=True).items()


def big() -> dict[str, object]:
    return {"values": "x" * MAX_JSON_BYTES}


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "hologram"},
        {"text": "no kind"},
        {"kind": "text", "text": "x" * 4_001},
        {"kind": "text", "text": "Hello", "html": "<b>"},
        {"kind": "image", "url": "javascript:alert(1)", "alt": ""},
        {"kind": "list", "items": [{"title": "One", "url": "data:text/html,x"}]},
        {"kind": "table", "columns": ["a"], "rows": [[1]] * 201},
        {"kind": "table", "columns": ["a"], "rows": [[1] * 21]},
        {"kind": "facts", "facts": [{"label": "a", "value": "x" * 1_001}]},
        {"kind": "file", "name": "a", "url": "/a", "size_bytes": -1},
        {"kind": "chart", "spec": big()},
        {"kind": "map", "geojson": big()},
        {"kind": "chart", "spec": {"layer": [{"data": {"url": "https://example.com/d.json"}}]}},
    ],
)
def test_a_card_out_of_bounds_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        card.validate_python(given)
