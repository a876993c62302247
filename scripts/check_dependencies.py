"""Looks at everything that is installed with us: hashes, licences, install scripts, known holes.

Without arguments it needs no network and takes about a second. With `--online` it also asks the
advisory databases of PyPI and npm, and says so when they cannot be reached.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).parents[1]
PYTHON_LOCK: Final = PROJECT / "requirements.lock"
NODE_LOCK: Final = PROJECT / "web" / "package-lock.json"

PERMISSIVE: Final = (
    *("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0"),
    *("CNRI-Python", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU", "OFL-1.1", "PSF-2.0"),
    *("Python-2.0", "Unlicense", "Zlib"),
)
"""Licences (SPDX) that ask for a notice at most."""
FILE_COPYLEFT: Final = ("MPL-2.0",)
"""Changes to their own files must be published; we change none."""
EXCEPTIONS: Final = {
    "psycopg": "LGPL-3.0-only: used unchanged as a library that anybody may replace",
    "psycopg-binary": "LGPL-3.0-only: as psycopg",
    "psycopg-pool": "LGPL-3.0-only: as psycopg",
    "atheris": "Apache-2.0 by its repository; its metadata names none. Only in tests",
    "dkimpy": "the zlib licence in its LICENSE file; its metadata says BSD-like",
    "tiktoken": "MIT; its metadata holds the whole text instead of the name",
}
"""Packages whose licence a person has looked at, and what they found."""
NAMES: Final = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "3-Clause BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
MAY_RUN_ON_INSTALL: Final[frozenset[str]] = frozenset()
"""npm packages whose install scripts are needed; `ignore-scripts` in web/.npmrc runs none."""
_INSTALL_SCRIPTS: Final = ("preinstall", "install", "postinstall")


def python_faults() -> Iterator[str]:
    """What is wrong with the locked Python packages."""
    for name, block in locked():
        if "--hash=sha256:" not in block:
            yield f"{name} is locked without a hash"
        if name in EXCEPTIONS:
            continue
        try:
            told = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform; whoever installs it there looks at it there
        licence = licence_of(told)
        if not is_allowed(licence):
            yield f"{name} has the licence {licence!r}, which nobody has agreed to"


def locked() -> Iterator[tuple[str, str]]:
    """The packages of the lock file, each with its lines."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", PYTHON_LOCK.read_text("utf-8")):
        name = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", block)
        if name:
            yield re.sub(r"[._-]+", "-", name[1]).lower(), block


def licence_of(told: Any) -> str:
    """An SPDX expression: the declared one, else made from the classifiers or the old field."""
    declared: str | None = told.get("License-Expression")
    if declared:
        return declared
    classes = [c.split("::")[-1].strip() for c in told.get_all("Classifier") or []]
    known = [NAMES[c] for c in classes if c in NAMES]
    if known:
        return " OR ".join(known)
    old = str(told.get("License") or "").strip()
    return NAMES.get(old, old)


def is_allowed(licence: str) -> bool:
    """Whether an SPDX expression can be kept: one side of each OR, every part of each AND."""
    allowed = {*PERMISSIVE, *FILE_COPYLEFT}
    text = licence.replace("(", " ").replace(")", " ")
    return bool(text.strip()) and any(
        all(part.strip() in allowed for part in side.split(" AND ")) for side in text.split(" OR ")
    )


def node_faults() -> Iterator[str]:
    """What is wrong with the locked npm packages."""
    packages: dict[str, dict[str, Any]] = json.loads(NODE_LOCK.read_text("utf-8"))["packages"]
    for path, package in packages.items():
        if not path.startswith("node_modules/") or package.get("link"):
            continue
        name = path.rsplit("node_modules/", 1)[-1]
        if not str(package.get("integrity", "")).startswith("sha512-"):
            yield f"{name} is locked without a SHA-512"
        if not is_allowed(str(package.get("license", ""))):
            yield f"{name} has the licence {package.get('license')!r}, which nobody has agreed to"
        if name not in MAY_RUN_ON_INSTALL and runs_on_install(path, package):
            yield f"{name} wants to run a script when it is installed"
    if "ignore-scripts=true" not in (PROJECT / "web" / ".npmrc").read_text("utf-8").split():
        yield "web/.npmrc lets packages run scripts when they are installed"


def runs_on_install(path: str, package: dict[str, Any]) -> bool:
    """Whether a package declares install scripts, by the lock or by what is installed."""
    if package.get("hasInstallScript"):
        return True
    manifest = PROJECT / "web" / path / "package.json"
    if not manifest.is_file():
        return False
    scripts: dict[str, str] = json.loads(manifest.read_text("utf-8")).get("scripts") or {}
    return not scripts.keys().isdisjoint(_INSTALL_SCRIPTS)


def known_holes() -> Iterator[str]:
    """What the advisory databases know of the locked versions; a note where they do not answer."""
    python = _ask("pip-audit", "-r", str(PYTHON_LOCK), "--disable-pip", "--no-deps", "-f", "json")
    try:
        told = json.loads(python)["dependencies"]
        unknown = [d for d in told if "skip_reason" in d]
        if unknown:
            say(f"pip-audit: {len(unknown)} of {len(told)} packages could not be looked up.")
        for found in told:
            for hole in found.get("vulns", ()):
                yield f"{found['name']} {found['version']}: {hole['id']}"
    except (ValueError, KeyError, TypeError):
        say("pip-audit: the advisory database could not be reached.")
    try:
        for name, hole in json.loads(_ask("npm", "audit", "--json"))["vulnerabilities"].items():
            yield f"{name} (npm): {hole['severity']}"
    except (ValueError, KeyError, TypeError):
        say("npm audit: the advisory database could not be reached.")


def _ask(*command: str) -> str:
    try:
        asked = subprocess.run(
            command, cwd=PROJECT / "web", capture_output=True, text=True, timeout=300, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Say what is wrong; 1 when something is."""
    faults = [*python_faults(), *node_faults()]
    if "--online" in sys.argv:
        faults += known_holes()
    for fault in faults:
        say(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
