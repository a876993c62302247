"""What the faults did, written down: `build/faults.json` and the page in the reference."""

import json
import os
import platform
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil

from tests.conftest import PROJECT

PAGE: Final = PROJECT / "docs" / "reference" / "reliability.md"
NAME: Final = re.compile(r"test_(F\d+)(?:_|$)")
IS_FULL: Final = os.environ.get("RAPPORT_FAULTS") == "full"
FAILURES: Final = PROJECT / "build" / "failures"
"""Where what failed is explained, as soon as it is known."""
FIGURES: Final = PROJECT / "build" / ("faults.json" if IS_FULL else "faults-short.json")

Figure = str | int | float | bool
FAULTS: Final[dict[str, tuple[str, str]]] = {
    "F1": (
        "`kill -9` of web and worker 14 times and of PostgreSQL 6 times, under 100,000 messages",
        "0 lost, 0 twice, 0 gaps, 0 drift; web and worker back in 2 s, PostgreSQL in 10 s",
    ),
    "F2": (
        "`kill -9` of the worker 20 times between a server's 250 and noting it, 10,000 mails",
        "0 lost; at most one mail twice for each kill, byte for byte the same",
    ),
    "F3": ("the same 2,000 messages delivered 50 times in parallel", "2,000 rows"),
    "F4": (
        "WebSockets cut 1,000 times under 200 clients, the web restarted",
        "every client's state is a fresh fetch's; caught up within 1 s (p99)",
    ),
    "F5": ("the LISTEN connection killed 100 times", "delivered within 2 s (p99), nothing missed"),
    "F6": (
        "PostgreSQL frozen for 20 s",
        "bounded queue, 503 with Retry-After, < 100 MB more memory, drained in 10 s",
    ),
    "F7": ("the disk full", "nothing acknowledged without a commit; recovers without repair"),
    "F8": (
        "a language model that is full, broken, hanging, cut, slow or gone, or speaks otherwise",
        "all answered within 30 s; acknowledged in 1.5 times the usual; well again; in the budget",
    ),
    "F9": (
        "a poison message in a batch",
        "its siblings stored, it is kept aside, <= 64 more commits",
    ),
    "F10": (
        "IMAP away for 3 days, then UIDs anew, mails twice, cut again, under 5,000 mails",
        "all of them here once",
    ),
    "F11": ("the clock jumps an hour forth and back", "order by number, no negative time"),
    "F12": ("a migration while the old version writes", "0 errors, no lock longer than 1 s"),
    "F13": ("restore to a point in time, and of a backup", "<= 60 s lost, <= 5 min, hashes equal"),
    "F14": (
        "mail of 10 and 50 MB, of 100,000 parts, nested; bombs of 1,000 mails and 1,000 filled-in"
        " forms; two machines that answer",
        "each read in 2 s and 200 MB; all kept, at most 1 answered, no form; at most 5 replies",
    ),
    "F15": ("every route by every role of another workspace", "0 leaks"),
    "F16": ("schemathesis over the API, atheris over what reads input", "0 5xx, 0 hangs"),
    "F18": ("2,000 sockets and 500 messages/s", "delivered within 250 ms (p99), memory steady"),
    "F19": ("1 M and 5 M messages", "lists 10 ms, badges 1 ms, rare search 50 ms, common 100 ms"),
    "F20": ("a second instance, stale pid files, orphans", "refused by name; the next start works"),
}


@dataclass
class Entry:
    """What one id came to."""

    left: int = 0
    """How many of its tests have yet to end."""
    passed: bool = True
    ran: bool = False
    """Whether any of its tests was not left out."""
    skipped: str = ""
    seconds: float = 0.0
    at: str = ""
    """When its last test ended, in UTC."""
    figures: dict[str, Figure] = field(default_factory=dict)


class Report:
    """Gathers while the tests run, and writes each id down when its last test is done."""

    def __init__(self) -> None:
        """Start empty."""
        self.entries: dict[str, Entry] = {}

    def entry(self, name: str) -> Entry | None:
        """The entry of a test by its function's name; None when it has no id."""
        found = NAME.match(name)
        return self.entries.setdefault(found[1], Entry()) if found else None

    def write(self) -> None:
        """Add to what earlier runs of the same form wrote; an id that was cut off is not added."""
        finished = {name: entry for name, entry in self.entries.items() if not entry.left}
        if not finished:
            return
        found: dict[str, Any] = {}
        if FIGURES.exists():
            found = json.loads(FIGURES.read_text())
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")  # noqa: TID251 - the real date
        for name, entry in finished.items():
            entry.at = entry.at or now
            found[name] = {
                "passed": entry.passed and entry.ran,
                **({} if entry.ran else {"skipped": entry.skipped}),
                "at": entry.at,
                "seconds": round(entry.seconds, 1),
                **entry.figures,
            }
        found = dict(sorted(found.items(), key=lambda item: int(item[0][1:])))
        FIGURES.parent.mkdir(exist_ok=True)
        FIGURES.write_text(json.dumps(found, indent=2) + "\n")
        if IS_FULL:
            write_page(found, PAGE)


def write_page(found: dict[str, Any], page: Path) -> None:
    """The table that people read."""
    dates = sorted(entry["at"] for entry in found.values())
    lines = [
        "# Reliability: what was thrown at it, and what came out",
        "",
        f"Written by `make faults`, {dates[0]} to {dates[-1]} UTC, on {machine()}.",
        "Every fault hits the real processes (web, worker, PostgreSQL with fsync) on one machine.",
        "A short form of each runs in `make test`.",
        "",
        "| id | thrown | must come out | came out | |",
        "|---|---|---|---|---|",
    ]
    for name, entry in found.items():
        thrown, aim = FAULTS.get(name, ("", ""))
        lines.append(f"| {name} | {thrown} | {aim} | {_figures(entry)} | {_result(entry)} |")
    page.write_text("\n".join(lines) + "\n")


def machine() -> str:
    """What it ran on."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{os.cpu_count()} cores, {memory} GB, {platform.system()} {platform.machine()}"


def _figures(entry: dict[str, Any]) -> str:
    hidden = {"passed", "skipped", "at", "seconds"}
    shown = {name: value for name, value in entry.items() if name not in hidden}
    return "<br>".join(f"{name.replace('_', ' ')}: {value}" for name, value in shown.items())


def _result(entry: dict[str, Any]) -> str:
    if "skipped" in entry:
        return f"left out: {entry['skipped']}"
    return "passed" if entry["passed"] else "**failed**"
