"""Bytes that a browser loads first, as the build measured them."""

import json
import subprocess
from pathlib import Path
from typing import Any

from rapport.kernel.errors import NotFound
from rapport.server.static import web_dir


class NotBuilt(NotFound):
    """The front end is not built; run `make setup`."""


def run() -> dict[str, Any]:
    """The gzip sizes of the built front end: launcher, widget (all of its first load), console.

    Raises:
        NotBuilt: there is no build to measure.
    """
    return _measure(web_dir() / "widget") | _measure(web_dir() / "console")


def _measure(package: Path) -> dict[str, Any]:
    if not (package / "dist").is_dir():
        raise NotBuilt
    done = subprocess.run(
        ["node", str(package / "scripts" / "size.mjs")],  # noqa: S607 - whichever node builds
        capture_output=True,
        text=True,
        check=True,
        cwd=package,
    )
    sizes: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return sizes
