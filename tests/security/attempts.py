"""Requests nobody should send, made from the OpenAPI document."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from rapport.kernel.http import PROBLEM
from rapport.server.app import describe
from tests.make.auth import ORIGIN, browser
from tests.server.furniture import Furnished
from tests.server.samples import Json, Operation, Samples, operations

DOCUMENT = describe()
ENDING = {"/v1/auth/sign-out", "/v1/me/email", "/v1/me/password", "/widget/v1/sign-out"}
"""Where success would end the session that goes on trying."""
OPERATIONS = [
    o
    for o in operations(DOCUMENT)
    if o.path.startswith(("/v1/", "/widget/v1/")) and o.path not in ENDING
]
WITH_JSON = [
    o
    for o in operations(DOCUMENT)
    if "application/json" in o.spec.get("requestBody", {}).get("content", {})
    and o.spec.get("security") != [{"writeKey": []}]
]
"""What programs send in the form of Segment's API has fields of their choice: they are kept as
what was told about somebody, and name nothing of ours (`tests/customers/test_tracking.py`)."""


def schema_of(operation: Operation) -> Json:
    """The schema of an operation's JSON body."""
    content: Json = operation.spec["requestBody"]["content"]
    return resolved(content["application/json"]["schema"])


def resolved(schema: Json) -> Json:
    """The schema that a reference, or the one thing a nullable field may be, stands for."""
    if "$ref" in schema:
        return resolved(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    for variants in ("anyOf", "oneOf", "allOf"):
        if variants in schema:
            return resolved(next(v for v in schema[variants] if v.get("type") != "null"))
    return schema


def objects(schema: Json, value: Any) -> Iterator[tuple[Json, Json]]:
    """Each object inside a sample that has named fields, the sample first, with its schema."""
    schema = resolved(schema)
    if isinstance(value, dict) and schema.get("properties"):
        yield schema, value
        for name, inner in value.items():
            yield from objects(schema["properties"].get(name, {}), inner)
    elif isinstance(value, list) and "items" in schema:
        for inner in value:
            yield from objects(schema["items"], inner)


class Attacker:
    """The owner of a workspace and a visitor of its chat, who send what they like."""

    def __init__(self, furnished: Furnished, http: httpx.AsyncClient) -> None:
        self.samples = Samples(DOCUMENT, furnished.things)
        self._visitor = f"Bearer {furnished.visitor_token}"
        self._http = http

    async def send(self, operation: Operation, **changes: Any) -> httpx.Response:
        """The fitting request of an operation with parts of it replaced."""
        request = self.samples.request(operation) | changes
        if "content" in changes or "data" in changes:
            request.pop("json", None)
            request.pop("files", None)
        if operation.path.startswith("/widget/"):
            request["headers"] = {"authorization": self._visitor} | request.get("headers", {})
        return await self._http.request(**request)


@asynccontextmanager
async def attacker(app: FastAPI, furnished: Furnished) -> AsyncIterator[Attacker]:
    """Errors come back as answers instead of being raised."""
    async with (
        browser(app, furnished.owner) as signed_in,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=ORIGIN,
            headers=signed_in.headers,
            cookies=signed_in.cookies,
        ) as http,
    ):
        yield Attacker(furnished, http)


def fault(answer: httpx.Response) -> str | None:
    """What is wrong with an answer to a request that may have been refused.

    Somebody else's silence, such as an identity provider's, is no fault of ours.
    """
    if answer.status_code < 400:
        return None
    told = f"{answer.status_code} {answer.text[:300]}"
    if answer.status_code >= 500 and answer.status_code != 502:
        return told
    if answer.headers.get("content-type", "").split(";")[0] != PROBLEM:
        return f"no problem document: {told}"
    problem = json.loads(answer.content)
    is_complete = all(isinstance(problem.get(k), str) and problem[k] for k in ("code", "title"))
    is_complete &= isinstance(problem.get("detail"), str) and problem["detail"] != ""
    return (
        None if is_complete and problem["status"] == answer.status_code else f"incomplete: {told}"
    )
