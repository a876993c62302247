"""Requests made from the OpenAPI document: one that fits, for every operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
BY_FORMAT = {
    "date-time": "2027-01-05T09:00:00Z",
    "email": "somebody@example.com",
    "binary": "",
    "uri": "https://example.com",
}
BY_NAME = {
    "password": "correct horse battery",
    "current_password": "correct horse battery",
    "email": "somebody@example.com",
    "address": "somebody@gmail.com",
    "color": "#335577",
    "currency": "EUR",
    "locale": "en",
    "time_zone": "UTC",
    "timezone": "UTC",
    "slug": "a-slug",
    "view": "all",
    "to": "/inbox",
}


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    spec: Json

    @property
    def name(self) -> str:
        name: str = self.spec["operationId"]
        return name

    @property
    def parameters(self) -> list[str]:
        """The names in the path."""
        return [p["name"] for p in self.spec.get("parameters", ()) if p["in"] == "path"]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(document: Json) -> Iterator[Operation]:
    """All operations of an OpenAPI document."""
    for path, methods in sorted(document["paths"].items()):
        for method, spec in methods.items():
            yield Operation(method.upper(), path, spec)


class Samples:
    """Makes requests that fit their schemas and name the things of one workspace."""

    def __init__(self, document: Json, things: Mapping[str, str]) -> None:
        self._schemas: Json = document["components"]["schemas"]
        self._things = things

    def request(self, operation: Operation) -> Json:
        """The keyword arguments of `httpx.AsyncClient.request`."""
        path = operation.path
        for name in operation.parameters:
            path = path.replace(f"{{{name}}}", self._thing(operation, name))
        query = {
            p["name"]: self._value(p["schema"], p["name"])
            for p in operation.spec.get("parameters", ())
            if p["in"] == "query" and (p.get("required") or p["name"] in self._things)
        }
        request: Json = {"method": operation.method, "url": path, "params": query}
        content = operation.spec.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            request["json"] = self._value(content["application/json"]["schema"], "")
        elif "multipart/form-data" in content:
            request["files"] = {"file": ("a.txt", b"hello", "text/plain")}
        return request

    def _thing(self, operation: Operation, name: str) -> str:
        key = next((k for k in (f"{operation.path}:{name}", name) if k in self._things), None)
        assert key is not None, f"{operation} needs a {name}: add one to the furnished workspace"
        return self._things[key]

    def _value(self, schema: Json, name: str) -> Any:
        if "$ref" in schema:
            return self._value(self._schemas[schema["$ref"].rsplit("/", 1)[-1]], name)
        for variants in ("anyOf", "oneOf", "allOf"):
            if variants in schema:
                wanted = [v for v in schema[variants] if v.get("type") != "null"]
                return self._value(wanted[0], name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        return self._plain(schema, name)

    def _plain(self, schema: Json, name: str) -> Any:
        match schema.get("type"):
            case "object":
                fields = schema.get("properties", {})
                required = set(schema.get("required", ())) | (fields.keys() & self._things.keys())
                wanted = required or set(list(fields)[:1])
                return {field: self._value(fields[field], field) for field in sorted(wanted)}
            case "array":
                return [self._value(schema["items"], name)] if name in self._things else []
            case "integer" | "number":
                return max(1, schema.get("minimum", 1))
            case "boolean":
                return True
            case _:
                return self._text(schema, name)

    def _text(self, schema: Json, name: str) -> str:
        if name in self._things:
            return self._things[name]
        if schema.get("format") == "uuid":
            return self._things.get(name.removesuffix("s"), self._things["unknown_id"])
        fitting = BY_FORMAT.get(schema.get("format", "")) or BY_NAME.get(name)
        return fitting or "sample".ljust(schema.get("minLength", 0), "x")
