"""F16: whatever is sent, and whatever reads text and files: refused in words or understood."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from tests.conftest import PROJECT
from tests.faults.conftest import Record, Size
from tests.faults.house import House
from tests.faults.visitors import Visitors
from tests.fuzz.targets import TARGETS
from tests.make.auth import api_key, person

pytestmark = pytest.mark.fault

HANG_S = 2
PATIENCE_S = 60
ENDS_ACCESS = (
    "sign-out|/v1/me/(password|email|second-factor|passkeys)|/v1/auth/|/v1/members|identity-provider"
    "|/v1/workspace/security"
)
"""Where success would lock out the caller who goes on trying; `tests/security` tries these."""
FRESH = ("sh", "-c", '"$@"; exit $?', "sh")
"""Starts a program whose peak of memory is its own: Linux counts that of the process which started
it as well, and ours had more than a fuzzer may have, so that each ended before it began."""
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


async def test_F16_nothing_that_is_sent_or_read_breaks_or_hangs(
    size: Size, house: House, record: Record, tmp_path: Path
) -> None:
    callers = await _callers(house)
    found, broken = await asyncio.gather(
        _thrown(size, house, callers, tmp_path), asyncio.to_thread(_fuzzed, size, record)
    )
    failures = {
        f"{who}: {failure.get('operations', '')} {failure.get('title', failure)}"[:300]
        for who, report in found.items()
        for failure in [*report["failures"], *report["errors"]]
    }
    logged = [line[:3_000] for line in house.log.splitlines() if '"request_failed"' in line]
    record(
        callers=", ".join(found),
        requests=sum(report["test_cases"]["generated"] for report in found.values()),
        failures_5xx_or_slow=len(failures),
        failures_logged=len(logged),
    )
    assert (failures, logged) == (set(), [])
    assert [who for who, it in found.items() if not it["test_cases"]["generated"]] == []
    assert broken == {}


async def _thrown(
    size: Size, house: House, callers: dict[str, tuple[dict[str, str], str]], to: Path
) -> dict[str, dict[str, Any]]:
    """What schemathesis reports by caller: each by itself, or in the short form all at once."""
    seconds, slow_s = size.of(8, 30 * 60 // len(callers)), size.of(10, HANG_S)
    found: dict[str, dict[str, Any]] = {}
    for some in size.of([list(callers)], [[who] for who in callers]):
        throws = [
            asyncio.to_thread(_throw, house, *callers[who], seconds, to / f"{who}.json", slow_s)
            for who in some
        ]
        found |= dict(zip(some, await asyncio.gather(*throws), strict=True))
    return found


def _fuzzed(size: Size, record: Record) -> dict[str, str]:
    """What atheris says by target when it found something."""
    seconds = size.of(1, 200)
    found: dict[str, str] = {}
    for target in size.of(["html", "markdown", "files"], list(TARGETS)):
        done = subprocess.run(
            [*FRESH, sys.executable, "-m", "tests.fuzz.run", target, str(seconds)],
            cwd=PROJECT,
            capture_output=True,
            timeout=seconds + 90,
            check=False,
        )
        told = done.stderr.decode(errors="replace")
        executed = re.search(r"number_of_executed_units:\s*(\d+)", told)
        record(**{f"inputs_{target}": int(executed[1]) if executed else 0})
        if done.returncode or executed is None:
            found[target] = told[-3_000:]
    return found


async def _callers(house: House) -> dict[str, tuple[dict[str, str], str]]:
    """Headers by caller, and the addresses meant for them."""
    key = await asyncio.to_thread(house.open_chat)
    crowd = Visitors(house.port, key, 1)
    await crowd.arrive()
    crowd.leave()
    async with await asyncio.to_thread(house.agent) as browser:
        workspace = (await _me(browser))["workspace"]["id"]
        owner = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    database = Database(house.database_url, pool_size=2)
    agent = await person(database, workspace, Role.AGENT)
    program = await api_key(database, workspace, Role.ADMIN)
    await database.dispose()
    own_page = {"Origin": house.url}
    return {
        "owner": ({"Cookie": owner, **own_page}, "^/v1/"),
        "agent": ({"Cookie": f"rapport_session={agent.token}", **own_page}, "^/v1/"),
        "api key": ({"Authorization": f"Bearer {program}"}, "^/v1/"),
        "visitor": ({"Authorization": f"Bearer {crowd.each[0].token}"}, "^/widget/"),
    }


async def _me(browser: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await browser.get("/v1/me")).raise_for_status().json()
    return found


def _throw(
    house: House, headers: dict[str, str], paths: str, seconds: int, to: Path, slow_s: int
) -> dict[str, Any]:
    """Generated requests for so many seconds; what schemathesis reports of them.

    On a busy machine it may not come to a single one: then it has twice the time.
    """
    done = subprocess.run(
        [
            str(SCHEMATHESIS),
            *("run", f"{house.url}/v1/openapi.json"),
            *(part for name, value in headers.items() for part in ("-H", f"{name}: {value}")),
            *("--phases", "fuzzing", "--max-time", str(seconds), "--max-examples", "100000"),
            *("--checks", "not_a_server_error", "--continue-on-failure", "--no-shrink"),
            *("--request-timeout", str(slow_s), "--suppress-health-check", "all"),
            *("--include-path-regex", paths, "--exclude-path-regex", ENDS_ACCESS),
            *("--generation-database", "none", "--warnings", "off", "--no-color"),
            *("--report-json-path", str(to)),
        ],
        cwd=to.parent,
        capture_output=True,
        text=True,
        timeout=seconds + 180,
        check=False,
    )
    assert to.exists(), done.stdout[-3_000:] + done.stderr[-3_000:]
    report: dict[str, Any] = json.loads(to.read_text())
    if not report["test_cases"]["generated"] and seconds < PATIENCE_S:
        return _throw(house, headers, paths, 2 * seconds, to, slow_s)
    return report
