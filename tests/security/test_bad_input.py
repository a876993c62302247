"""Whatever is sent, to whichever address: refused in words or understood, never a failure."""

import json
from typing import Any, Final
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from rapport.kernel.schemas import encode_cursor
from tests.security.attempts import (
    OPERATIONS,
    WITH_JSON,
    Attacker,
    attacker,
    fault,
    schema_of,
)
from tests.server.furniture import Furnished, fingerprint
from tests.server.samples import Operation

JSON: Final = {"content-type": "application/json"}
NO_BODIES: Final = {
    "nothing": (b"", JSON),
    "half an object": (b'{"a":', JSON),
    "a text": (b'"text"', JSON),
    "a list": (b"[]", JSON),
    "null": (b"null", JSON),
    "no UTF-8": (b'{"body":"\xff\xfe"}', JSON),
    "not a number": (b'{"body":NaN}', JSON),
    "a deep hole": (b"[" * 100_000, JSON),
    "a deep object": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, JSON),
    "plain text": (b"hello", {"content-type": "text/plain"}),
    "XML": (b"<a/>", {"content-type": "application/xml"}),
    "a form": (b"a=b", {"content-type": "application/x-www-form-urlencoded"}),
    "parts without a boundary": (b"--x", {"content-type": "multipart/form-data"}),
    "2 MB": (b'{"body":"' + b"x" * 2_000_000 + b'"}', JSON),
}
VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    10**30,
    0.5,
    1e308,
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "x" * 300_000,
    "99999999-9999-9999-9999-99999999999",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    [],
    [None],
    ["\ud800"],
    {},
    {"__proto__": {"role": "owner"}},
    {"a\x00": "\udfff"},
)
PLACES: Final = ("x", "%00", "..%2f..%2f", "0" * 40, str(10**30), "-1", "%ED%A0%80", "%F0%9F%92%A9")
QUERIES: Final = (
    "",
    "%00",
    "%ED%A0%80",
    "%FF",
    "-1",
    "0",
    str(2**63),
    str(10**30),
    "NaN",
    "true",
    "x" * 5_000,
    "%27%29%3B--",
    quote("\\(:*&|!<->%_"),
    *(
        encode_cursor(parts)  # type: ignore[arg-type]
        for parts in (
            [],
            [None],
            ["x"],
            [10**18, 10**18],
            ["0001-01-01T00:00:00Z", "00000000-0000-0000-0000-000000000000"],
            ["9999-12-31T23:59:59+00:00", "00000000-0000-0000-0000-000000000000"],
            ["a\x00b", "00000000-0000-0000-0000-000000000000"],
            [1e308, "00000000-0000-0000-0000-000000000000"],
        )
    ),
    "12-34",
    "0-0",
    f"{2**64}-{2**64}",
)


async def test_a_body_that_is_none_is_refused_everywhere_and_changes_nothing(
    app: FastAPI, furnished: Furnished, database_url: str
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    faults = []
    async with attacker(app, furnished) as anybody:
        for operation in WITH_JSON:
            for name, (content, headers) in NO_BODIES.items():
                answer = await anybody.send(operation, content=content, headers=headers)
                wrong = fault(answer)
                if wrong is not None or not 400 <= answer.status_code < 500:
                    faults.append(f"{operation} {name} → {wrong or answer.status_code}")
                if name == "2 MB" and answer.status_code not in {413, 429}:
                    faults.append(f"{operation} {name} → {answer.status_code}")

    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


async def _try_fields(anybody: Attacker, operation: Operation) -> tuple[list[str], bool]:
    """Every field of a body with every value: what went wrong, and whether any was accepted."""
    fitting = anybody.samples.request(operation)["json"]
    faults, is_accepted = [], False
    for field in schema_of(operation).get("properties", {}):
        for value in VALUES:
            # ASCII, because httpx would refuse to send half a surrogate pair.
            content = json.dumps(fitting | {field: value}).encode()
            answer = await anybody.send(operation, content=content, headers=JSON)
            wrong = fault(answer)
            is_accepted |= answer.is_success
            if wrong is not None:
                faults.append(f"{operation} {field}={str(value)[:40]!r} → {wrong}")
    return faults, is_accepted


@pytest.mark.parametrize(
    ("start", "known_by"), [("/widget/", "PATCH /widget/v1/visitor"), ("/v1/", "GET /v1/tags")]
)
async def test_a_field_with_anything_in_it_is_understood_or_refused(
    app: FastAPI, furnished: Furnished, database_url: str, start: str, known_by: str
) -> None:
    faults = []
    async with attacker(app, furnished) as anybody:
        for operation in [o for o in WITH_JSON if o.path.startswith(start)]:
            before = fingerprint(database_url, furnished.workspace_id)
            wrong, is_accepted = await _try_fields(anybody, operation)
            faults += wrong
            if not is_accepted and fingerprint(database_url, furnished.workspace_id) != before:
                faults.append(f"{operation} was refused and changed something")
        known = [await anybody.send(o) for o in OPERATIONS if str(o) == known_by]

    assert faults == []
    # Else all of it would have been refused for want of credentials.
    assert [answer.status_code for answer in known] == [200]


async def test_an_address_of_nothing_is_refused_in_words(
    app: FastAPI, furnished: Furnished, database_url: str
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    faults = []
    async with attacker(app, furnished) as anybody:
        for operation in OPERATIONS:
            for parameter in operation.parameters:
                for place in PLACES:
                    url = anybody.samples.request(
                        Operation(
                            operation.method,
                            operation.path.replace(f"{{{parameter}}}", place),
                            operation.spec
                            | {
                                "parameters": [
                                    p
                                    for p in operation.spec["parameters"]
                                    if p["name"] != parameter
                                ]
                            },
                        )
                    )["url"]
                    answer = await anybody.send(operation, url=url)
                    wrong = fault(answer)
                    if wrong is not None or answer.status_code < 400:
                        faults.append(f"{operation} at {url} → {wrong or answer.status_code}")

    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


async def test_a_query_with_anything_in_it_is_understood_or_refused(
    app: FastAPI, furnished: Furnished
) -> None:
    faults = []
    async with attacker(app, furnished) as anybody:
        for operation in OPERATIONS:
            names = [p["name"] for p in operation.spec.get("parameters", ()) if p["in"] == "query"]
            for name in [*names, "unknown"]:
                for value in QUERIES if operation.method == "GET" else QUERIES[:4]:
                    if operation.method == "DELETE" or (name == "unknown" and value):
                        continue
                    request = anybody.samples.request(operation)
                    url = f"{request['url']}?{name}={value}"
                    answer = await anybody.send(operation, url=url, params=None)
                    wrong = fault(answer)
                    if wrong is not None:
                        faults.append(f"{operation} {url[-80:]} → {wrong}")

    assert faults == []


async def test_a_cursor_we_never_gave_is_refused(app: FastAPI, furnished: Furnished) -> None:
    accepted = []
    async with attacker(app, furnished) as anybody:
        for operation in OPERATIONS:
            names = {p["name"] for p in operation.spec.get("parameters", ()) if p["in"] == "query"}
            if operation.method != "GET" or "cursor" not in names:
                continue
            for cursor in ("garbage", "!", encode_cursor(["x"]), encode_cursor([])):
                request = anybody.samples.request(operation)
                params = request["params"] | {"cursor": cursor, "q": "parcel"}
                answer = await anybody.send(operation, params=params)
                if answer.status_code != 400:
                    accepted.append(f"{operation} {cursor} → {answer.status_code}")

    assert accepted == []
