"""Row 23: no cache between us and one person may keep an answer and show it to another."""

from fastapi import FastAPI

from tests.security.attempts import OPERATIONS, attacker
from tests.server.furniture import Furnished


async def test_no_answer_of_the_api_may_be_kept(app: FastAPI, furnished: Furnished) -> None:
    reading = [o for o in OPERATIONS if o.method == "GET"]
    async with attacker(app, furnished) as owner:
        kept = [
            f"{o} → {answer.status_code} {answer.headers.get('cache-control')}"
            for o in reading
            if "no-store" not in (answer := await owner.send(o)).headers.get("cache-control", "")
        ]

    assert len(reading) > 30
    assert kept == []
