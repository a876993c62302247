"""Rows 12 and 18: nothing that a request says is run, and no secret is derived."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import PROJECT

SOURCES = sorted((PROJECT / "src" / "rapport").rglob("*.py"))
NEVER = {"eval", "exec", "compile", "__import__"}
NEVER_OF = {
    *(("pickle", "loads"), ("pickle", "load"), ("marshal", "loads"), ("shelve", "open")),
    *(
        ("yaml", "load"),
        ("os", "system"),
        ("os", "popen"),
        ("hashlib", "md5"),
        ("random", "choice"),
    ),
    *(("hashlib", "sha1"), ("random", "random"), ("random", "randint"), ("uuid", "uuid1")),
}
DEMO = ("demo", "bench")
"""Made-up people and measured numbers are drawn by dice; nothing there is a secret."""

AGREED = {("strength.py", "hashlib.sha1")}
"""Lists of broken passwords come as SHA-1; nothing is protected by it."""


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield node, f"{path.relative_to(PROJECT)}:{node.lineno}"


def test_row_12_no_text_is_run_as_code_and_no_object_is_read_from_bytes() -> None:
    found = []
    for path in SOURCES:
        for call, where in calls(path):
            name = call.func
            if isinstance(name, ast.Name) and name.id in NEVER:
                found.append(f"{where} {name.id}")
            if isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name):
                pair = (name.value.id, name.attr)
                agreed = (path.name, ".".join(pair)) in AGREED or set(DEMO) & set(path.parts)
                if pair in NEVER_OF and not agreed:
                    found.append(f"{where} {'.'.join(pair)}")

    assert len(SOURCES) > 200
    assert found == []


def test_row_12_no_route_looks_a_function_up_by_a_name_it_was_given() -> None:
    routes = [p for p in SOURCES if p.stem == "routes" or "routes" in p.parts]
    found = [
        where
        for path in routes
        for call, where in calls(path)
        if isinstance(call.func, ast.Name)
        and call.func.id in {"getattr", "setattr", "globals", "vars"}
        and not (len(call.args) > 1 and isinstance(call.args[1], ast.Constant))
    ]

    assert len(routes) > 10
    assert found == []
