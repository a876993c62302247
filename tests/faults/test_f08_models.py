"""F8: the language model is slow, full, broken, cut off or gone. Customers notice nothing of it."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from rapport.ai.autopilot.rewording import WITHIN_S
from rapport.inference.gateway.breaker import IN_A_ROW, LONGEST_REST_S
from tests.faults.conftest import Record, Size
from tests.faults.house import House
from tests.faults.listening import p99
from tests.faults.proxy import FaultProxy
from tests.faults.visitors import Visitor, Visitors
from tests.models_simulator import KEY, Asked, Fail, Garbage, Hang, ModelsSimulator, Say
from tests.models_simulator.script import Answer, Choose

pytestmark = pytest.mark.fault

ASKERS = 3
WRITERS = 5
ANSWERED_S = WITHIN_S * IN_A_ROW + 5
"""A model that hangs is waited for five times, one question after another, then left alone."""
SLOWER = 1.5
LEAST_S = 0.25
"""On a machine that does other things as well, less says nothing."""
BUDGET = 2_000
ARTICLE = """You can return unused items within **30 days** after delivery.

## How to return

1. Open your account and choose **Return items**.
2. Print the label.
3. Hand the parcel in.
"""


def _well(asked: Asked) -> Say:
    """A model that says the first sentence of what it is given."""
    quote = asked.last.partition("<quote>")[2].partition("</quote>")[0].strip()
    return Say(quote.splitlines()[0] if quote else "ready", input_tokens=300, output_tokens=50)


def _question(number: int) -> str:
    """The same question, never in the same words: an answer given lately would be given again."""
    return f"How do I return an item? ({number})"


def _broken(asked: Asked) -> Fail:
    return Fail((500, 502, 503, 529)[len(asked.said) % 4])


@dataclass
class Desk:
    """A house whose assistant asks a model through a bad network."""

    house: House
    agent: httpx.AsyncClient
    key: str
    proxy: FaultProxy
    model: ModelsSimulator
    answered_s: dict[str, list[float]] = field(default_factory=dict)
    """By what was wrong with the model: how long each answer of the assistant took."""
    taken_s: dict[str, list[float]] = field(default_factory=dict)
    """Likewise, how long each message waited for its acknowledgement."""
    unanswered: int = 0
    _asked: int = 0

    async def under(self, name: str, seconds: float) -> None:
        """Let people ask and write for a while."""
        until = time.monotonic() + seconds
        async with Visitors(self.house.port, self.key, ASKERS + WRITERS) as crowd:
            askers, writers = crowd.each[:ASKERS], crowd.each[ASKERS:]
            async with asyncio.TaskGroup() as group:
                for visitor in askers:
                    group.create_task(self._ask(name, visitor, until))
                for visitor in writers:
                    group.create_task(self._write(name, visitor, until))

    async def calls(self) -> Counter[str]:
        """How the calls of models ended."""
        return await asyncio.to_thread(self._calls)

    async def until_well(self) -> float:
        """Ask until the model is asked again and answers; how many seconds that took."""
        began = time.monotonic()
        before = (await self.calls())["answered"]
        while (await self.calls())["answered"] == before:
            assert time.monotonic() - began < LONGEST_REST_S + 30, (
                "the model is left alone for ever"
            )
            await self.under("well", 1)
        return time.monotonic() - began

    async def _ask(self, name: str, visitor: Visitor, until: float) -> None:
        while True:
            self._asked += 1
            await visitor.begin()
            began = time.monotonic()
            seq = await visitor.send("question", _question(self._asked))
            try:
                async with asyncio.timeout(2 * ANSWERED_S):
                    await _answer_to(visitor, seq)
            except TimeoutError:
                self.unanswered += 1
            self.answered_s.setdefault(name, []).append(time.monotonic() - began)
            if time.monotonic() > until:
                return
            await asyncio.sleep(0.5)

    async def _write(self, name: str, visitor: Visitor, until: float) -> None:
        number = 0
        while time.monotonic() < until:
            began = time.monotonic()
            await visitor.send(f"note-{number}", "I would like to talk to a person.")
            self.taken_s.setdefault(name, []).append(time.monotonic() - began)
            number += 1
            await asyncio.sleep(0.1)

    def _calls(self) -> Counter[str]:
        query = "SELECT outcome, count(*) FROM model_calls GROUP BY outcome"
        with psycopg.connect(self.house.database_url, autocommit=True) as owner:
            return Counter(dict(owner.execute(query).fetchall()))

    def spent(self) -> int:
        """Tokens of this month."""
        query = "SELECT coalesce(sum(tokens), 0) FROM model_spending WHERE length(period) = 7"
        with psycopg.connect(self.house.database_url, autocommit=True) as owner:
            row = owner.execute(query).fetchone()
        return int(row[0]) if row else 0


async def test_F8_customers_are_answered_whatever_the_model_does(
    size: Size, template: Path, record: Record
) -> None:
    seconds = size.of(5.0, 60.0)
    figures: dict[str, float] = {}
    async with _desk(template) as desk:
        assert await desk.until_well() < seconds + ANSWERED_S
        await desk.under("well", seconds)
        for name, throw in _faults(size).items():
            before = desk.model.connections
            await throw(desk, seconds)
            figures[f"asked_while_{name}"] = desk.model.connections - before
            figures[f"well_again_after_{name}_s"] = await desk.until_well()
        spent, limit = await _within_budget(desk)
        calls = await desk.calls()

    bad = [took for name, all_ in desk.answered_s.items() if name != "well" for took in all_]
    taken = [took for name, all_ in desk.taken_s.items() if name != "well" for took in all_]
    well = p99(desk.taken_s["well"])
    record(
        questions=sum(map(len, desk.answered_s.values())),
        unanswered=desk.unanswered,
        answered_p99_s=p99(bad),
        answered_max_s=max(bad),
        acknowledged_p99_s=p99(taken),
        acknowledged_p99_while_well_s=well,
        **figures,
        **{f"calls_{name}": count for name, count in sorted(calls.items())},
        tokens_spent=spent,
        tokens_allowed=limit,
    )
    assert desk.unanswered == 0
    assert max(bad) <= ANSWERED_S
    assert p99(taken) <= max(SLOWER * well, LEAST_S)
    assert calls["over_budget"] > 0
    assert spent <= limit


Throw = Callable[[Desk, float], Awaitable[None]]


def _faults(size: Size) -> dict[str, Throw]:
    """What is thrown, by name. The short form leaves out what takes minutes to get over."""
    every: dict[str, Throw] = {
        "full": _doing(Fail(429, retry_after=1)),
        "broken": _doing(_broken),
        "speaking_otherwise": _doing(Garbage()),
        "hanging": _doing(Hang()),
        "cut": _cut,
        "slow": _slow,
        "gone": _gone,
    }
    return size.of({name: every[name] for name in ("full",)}, every)


def _doing(answer: Answer | Choose) -> Throw:
    """Have the model answer so, for a while."""

    async def throw(desk: Desk, seconds: float) -> None:
        desk.model.otherwise = answer
        await desk.under("ill", seconds)
        desk.model.otherwise = _well

    return throw


async def _cut(desk: Desk, seconds: float) -> None:
    """Cut every answer off."""

    async def cut() -> None:
        while True:
            await asyncio.sleep(0.05)
            desk.proxy.cut()

    desk.model.otherwise = Say(after_s=0.3)
    cutting = asyncio.create_task(cut())
    await desk.under("ill", seconds)
    cutting.cancel()
    with suppress(asyncio.CancelledError):
        await cutting
    desk.model.otherwise = _well


async def _slow(desk: Desk, seconds: float) -> None:
    """Let a few bytes a second through."""
    desk.proxy.throttle(50)
    await desk.under("ill", seconds)
    desk.proxy.heal()


async def _gone(desk: Desk, seconds: float) -> None:
    """Have nobody listen at the model's address."""
    desk.proxy.lead_to(1)
    await desk.under("ill", seconds)
    desk.proxy.lead_to(desk.model.port)


async def _within_budget(desk: Desk) -> tuple[int, int]:
    """Allow for a few more answers only; what is spent when many were asked for, and the limit."""
    limit = await asyncio.to_thread(desk.spent) + BUDGET
    wanted = {"models": [], "limits": {"month_tokens": limit}}
    (await desk.agent.put("/v1/assistant/models", json=wanted)).raise_for_status()
    while not (await desk.calls())["over_budget"]:
        await desk.under("well", 1)
    await desk.under("well", 3)
    return await asyncio.to_thread(desk.spent), limit


async def _answer_to(visitor: Visitor, seq: int) -> None:
    """Wait until the assistant has said something to a question."""
    path = f"/widget/v1/conversations/{visitor.conversation_id}/messages?after_seq={seq}"
    while True:
        said: list[dict[str, Any]] = (await visitor.request("GET", path)).json["items"]
        if any(it["author"]["kind"] == "assistant" for it in said):
            return
        await asyncio.sleep(0.1)


@asynccontextmanager
async def _desk(template: Path) -> AsyncIterator[Desk]:
    """A house with one article, whose assistant is on."""
    async with ModelsSimulator() as model, FaultProxy(model.port) as proxy:
        model.otherwise = _well
        environment = {
            "RAPPORT_CHAT_BASE_URL": f"http://127.0.0.1:{proxy.port}/v1",
            "RAPPORT_CHAT_MODEL": "tiny",
            "RAPPORT_CHAT_API_KEY": KEY,
            "RAPPORT_EGRESS_ALLOW": json.dumps([f"127.0.0.1:{proxy.port}"]),
        }
        house = House(template=template, environment=environment)
        try:
            await asyncio.to_thread(house.start)
            key = await asyncio.to_thread(house.open_chat)
            async with await asyncio.to_thread(house.agent) as agent:
                await _set_up(agent)
                yield Desk(house, agent, key, proxy, model)
        finally:
            await asyncio.to_thread(house.close)


async def _set_up(agent: httpx.AsyncClient) -> None:
    """Publish the article, switch the assistant on, and wait until it finds the one."""
    article = {"title": "Return an item", "body": ARTICLE, "status": "published"}
    (await agent.post("/v1/articles", json=article)).raise_for_status()
    inboxes = (await agent.get("/v1/inboxes")).raise_for_status().json()
    inbox = next(it for it in inboxes if it["channel"] == "webchat" and it["name"] == "Faults")
    path = f"/v1/inboxes/{inbox['id']}/assistant"
    (await agent.patch(path, json={"enabled": True})).raise_for_status()
    question = {"inbox_id": inbox["id"], "question": _question(0)}
    async with asyncio.timeout(120):
        while True:
            tried = (await agent.post("/v1/assistant/try", json=question)).raise_for_status()
            if tried.json()["decision"] == "answered":
                return
            await asyncio.sleep(0.5)
