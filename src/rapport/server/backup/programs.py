"""PostgreSQL's own programs: the wheel's, which serve every server up to their version."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rapport.kernel.database.embedded import binaries
from rapport.kernel.database.urls import conninfo
from rapport.server.backup.errors import ProgramTooOld

_UNKNOWN_MARKS: Final = """
    SELECT FROM pg_attribute, unnest(attoptions) AS option
    WHERE option NOT LIKE 'n\\_distinct%' LIMIT 1
"""
_VERSION: Final = re.compile(r"(\d+)(?:\.\d+|devel|beta|rc)")


def suitable(name: str, server_version: int) -> Path:
    """The program of this name that may talk to a server of this version (`180004`).

    The wheel's, or when the server is newer, an installed one.

    Raises:
        ProgramTooOld: none is new enough.
    """
    major = server_version // 10_000
    found = _found(name, major)
    for program, have in found.items():
        if have >= major:
            return program
    have_them = "; ".join(f"{program} is {have}" for program, have in found.items())
    raise ProgramTooOld(f"The server is PostgreSQL {major}, and {have_them}. {_install(major)}")


def dumping(connection: psycopg.Connection) -> Path:
    """The pg_dump for a server: of its own version when there is one, else see `suitable`.

    A newer one of an earlier release may not know what a server of a later release notes in its
    catalogue: PostgreSQL 15.20 marks columns, and pg_dump 18.4 writes marks that nobody can read.

    Raises:
        ProgramTooOld: none is new enough, or this server needs its own.
    """
    major = connection.info.server_version // 10_000
    for program, have in _found("pg_dump", major).items():
        if have == major:
            return program
    if connection.execute(_UNKNOWN_MARKS).fetchone():
        raise ProgramTooOld(
            f"This PostgreSQL {major} can only be dumped by a pg_dump of its own. {_install(major)}"
        )
    return suitable("pg_dump", connection.info.server_version)


def _found(name: str, major: int) -> dict[Path, int]:
    """The programs of this name and their versions: the wheel's, Debian's, the one on the path."""
    places = (binaries() / name, Path(f"/usr/lib/postgresql/{major}/bin/{name}"))
    on_path = shutil.which(name)
    programs = [*places, *([Path(on_path)] if on_path else [])]
    return {program: have for program in programs if (have := version(program)) is not None}


def _install(major: int) -> str:
    return (
        f"Install PostgreSQL's client programs of version {major} or later (Debian: "
        f"postgresql-client-{major}) and put them on the PATH."
    )


def version(program: Path) -> int | None:
    """The major version a program says it has; None when it does not say."""
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = _VERSION.search(said)
    return int(match[1]) if match else None


def target(url: str) -> tuple[str, dict[str, str]]:
    """What to pass a program for `--dbname`, and its environment.

    The password is in the environment, because everybody on the machine can read arguments.
    """
    parts: dict[str, Any] = dict(conninfo_to_dict(conninfo(url, role=None)))
    password = parts.pop("password", None)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**parts), environment
