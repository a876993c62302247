"""What import-linter cannot say: front doors, SQL in repositories, readable sizes."""

import ast
from pathlib import Path

import grimp

SRC = Path(__file__).parents[2] / "src" / "rapport"
FRONT_DOOR = {"service", "schemas", "models", "events", "errors", "ports", "adapter"}
FAMILIES = {"ai", "channels"}  # folders of rooms
FLOORS_WITHOUT_DOORS = {"kernel", "server"}  # what everyone stands on, and who knows every room
MAX_LINES = 400


def room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[1:3] if len(parts) > 2 and parts[1] in FAMILIES else parts[1:2])


def test_rooms_meet_only_at_the_front_door() -> None:
    graph = grimp.build_graph("rapport", cache_dir=None)
    trespasses = []
    for importer in graph.modules:
        if room_of(importer) == "server":
            continue
        for imported in graph.find_modules_directly_imported_by(importer):
            same_room = room_of(importer) == room_of(imported)
            if same_room or room_of(imported) in FLOORS_WITHOUT_DOORS:
                continue
            if imported.rsplit(".", 1)[-1] not in FRONT_DOOR:
                trespasses.append(f"{importer} -> {imported}")
    assert sorted(trespasses) == []


def test_sql_is_written_in_repositories() -> None:
    offenders = []
    for path in SRC.rglob("*.py"):
        room = path.relative_to(SRC).parts[0]
        if path.name in {"repository.py", "models.py"} or room in FLOORS_WITHOUT_DOORS:
            continue
        imports = (
            n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ImportFrom)
        )
        if any((node.module or "").startswith("sqlalchemy") for node in imports):
            offenders.append(str(path.relative_to(SRC)))
    assert sorted(offenders) == []


def test_files_stay_readable_in_one_sitting() -> None:
    too_long = {
        str(path.relative_to(SRC)): count
        for path in SRC.rglob("*.py")
        if (count := len(path.read_text().splitlines())) > MAX_LINES
    }
    assert too_long == {}
