"""Row 35: nothing is set that a route does not name."""

from copy import deepcopy

import pytest
from fastapi import FastAPI

from tests.security.attempts import WITH_JSON, attacker, objects, schema_of
from tests.server.furniture import Furnished, fingerprint

SMUGGLED = {
    "workspace_id": "00000000-0000-0000-0000-000000000000",
    "role": "owner",
    "is_admin": True,
    "id": "00000000-0000-0000-0000-000000000000",
    "verified": True,
    "permissions": ["*"],
    "created_at": "2000-01-01T00:00:00Z",
    "__proto__": {"role": "owner"},
}


async def test_every_body_and_every_object_in_it_refuses_what_it_does_not_name(
    app: FastAPI, furnished: Furnished, database_url: str
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    tried, accepted = 0, []
    async with attacker(app, furnished) as anybody:
        for operation in WITH_JSON:
            fitting = anybody.samples.request(operation)["json"]
            places = len(list(objects(schema_of(operation), fitting)))
            for at in range(places):
                for name, value in SMUGGLED.items():
                    body = deepcopy(fitting)
                    schema, place = list(objects(schema_of(operation), body))[at]
                    if name in schema["properties"]:
                        continue
                    place[name] = value
                    answer = await anybody.send(operation, json=body)
                    tried += 1
                    if answer.status_code not in {422, 429}:
                        accepted.append(f"{operation} {name} → {answer.status_code}")

    assert accepted == []
    assert tried > 7 * len(WITH_JSON)
    assert fingerprint(database_url, furnished.workspace_id) == before


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_every_body_is_an_object_whose_fields_are_all_named(operation: object) -> None:
    assert schema_of(operation).get("additionalProperties") is False  # type: ignore[arg-type]
