"""Answers in a form that was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from rapport.inference.errors import AnswerUnfit, ChatRefused
from rapport.inference.ports import ChatMessage, ChatReply
from rapport.inference.structured import complaints_of, read, structured

SCHEMA = {
    "type": "object",
    "properties": {
        "mood": {"enum": ["good", "bad"]},
        "parcels": {
            "type": "array",
            "maxItems": 2,
            "items": {"type": "object", "properties": {"id": {"type": "string", "minLength": 2}}},
        },
        "count": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 9}, {"type": "null"}]},
    },
    "required": ["mood"],
    "additionalProperties": False,
}
QUESTION = [ChatMessage("user", "How are the parcels?")]


class Model:
    """Says one thing after another; refuses schemas when told to."""

    def __init__(self, *says: str, takes_schemas: bool = True) -> None:
        self.says = list(says)
        self.takes_schemas = takes_schemas
        self.asked: list[list[ChatMessage]] = []

    async def __call__(
        self, messages: Sequence[ChatMessage], schema: Mapping[str, Any] | None
    ) -> ChatReply:
        if schema is not None and not self.takes_schemas:
            raise ChatRefused
        self.asked.append(list(messages))
        return ChatReply(self.says.pop(0), (), "tiny", 1, 1)


async def test_an_object_that_fits_is_the_answer() -> None:
    model = Model('{"mood": "good", "parcels": [{"id": "Z-1"}], "count": null}')

    found = await structured(model, QUESTION, SCHEMA)

    assert found == {"mood": "good", "parcels": [{"id": "Z-1"}], "count": None}
    assert '"additionalProperties": false' in model.asked[0][0].text


async def test_a_model_that_misses_the_form_is_told_what_was_wrong() -> None:
    model = Model("Good, I think.", '{"mood": "fine", "size": 3}', '{"mood": "good"}')

    assert await structured(model, QUESTION, SCHEMA) == {"mood": "good"}

    told = [asked[-1].text for asked in model.asked[1:]]
    assert "not a JSON object" in told[0]
    assert '$.mood must be one of ["good", "bad"].' in told[1]
    assert "$.size is not in the schema." in told[1]
    assert model.asked[2][2] == ChatMessage("assistant", "Good, I think.")


async def test_after_two_repeats_it_is_given_up() -> None:
    model = Model("no", "no", "no", '{"mood": "good"}')

    with pytest.raises(AnswerUnfit):
        await structured(model, QUESTION, SCHEMA)

    assert len(model.asked) == 3


async def test_a_server_that_refuses_schemas_is_asked_in_words() -> None:
    model = Model('{"mood": "bad"}', takes_schemas=False)

    assert await structured(model, QUESTION, SCHEMA) == {"mood": "bad"}


async def test_a_schema_we_could_not_check_is_refused() -> None:
    model = Model("{}")

    for schema in ({"type": "object", "patternProperties": {}}, {"type": "array"}):
        with pytest.raises(ValueError, match=r"checked for|of type object"):
            await structured(model, QUESTION, schema)

    assert model.asked == []


@pytest.mark.parametrize(
    "text", ['{"mood": "good"}', '```json\n{"mood": "good"}\n```', 'Sure: {"mood": "good"} Bye.']
)
def test_words_and_fences_around_the_object_are_forgiven(text: str) -> None:
    assert read(text, SCHEMA) == ({"mood": "good"}, [])


@pytest.mark.parametrize("text", ["", "[1]", "{", "}{", '{"mood": }', '{"a":' * 9_000])
def test_what_is_no_object_is_said_to_be_none(text: str) -> None:
    assert read(text, SCHEMA) == (None, ["It is not a JSON object."])


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({}, '$ lacks "mood".'),
        ({"mood": "good", "parcels": {}}, "$.parcels must be of type array."),
        ({"mood": "good", "parcels": [{}, {}, {}]}, "$.parcels must have at most 2 items."),
        ({"mood": "good", "parcels": [{"id": "Z"}]}, "$.parcels[0].id must have at least 2"),
        ({"mood": "good", "count": 10}, "$.count must be at most 9."),
        ({"mood": "good", "count": True}, "$.count must be of type"),
        ({"mood": "good", "count": 1.5}, "$.count must be of type"),
    ],
)
def test_each_thing_that_does_not_fit_is_named(value: Any, complaint: str) -> None:
    assert any(it.startswith(complaint) for it in complaints_of(value, SCHEMA))


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert not list(complaints_of({"mood": "good", "count": 3.0}, SCHEMA))
