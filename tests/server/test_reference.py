import json

from rapport.server.app import describe
from rapport.server.commands.reference import pages
from tests.conftest import PROJECT

REFERENCE = PROJECT / "docs" / "reference"


def test_the_reference_pages_say_what_the_code_says() -> None:
    for name, text in pages().items():
        assert (REFERENCE / name).read_text().splitlines() == text.splitlines(), (
            f"{name} is stale: run `make generate`"
        )


def test_the_description_of_the_api_is_the_apis() -> None:
    assert json.loads((REFERENCE / "openapi.json").read_text()) == describe(), "run `make generate`"


def test_operations_are_named_after_their_functions_and_once() -> None:
    names = [
        operation["operationId"]
        for methods in describe()["paths"].values()
        for operation in methods.values()
    ]

    assert sorted(names) == sorted(set(names))


def test_fields_of_answers_have_no_defaults() -> None:
    """A field with a default is optional in the client, though we always send it."""
    document = describe()
    answers = json.dumps(
        [
            response
            for methods in document["paths"].values()
            for operation in methods.values()
            for response in operation["responses"].values()
        ]
    )
    loose = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        if name.endswith("Out") and f'/{name}"' in answers
        for field in schema.get("properties", {})
        if field not in schema.get("required", [])
    ]

    assert loose == []


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [line.split("`")[1] for line in pages()["errors.md"].splitlines() if line[:3] == "| `"]

    assert sorted(codes) == sorted(set(codes))
