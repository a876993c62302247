"""A foreign shop as a yardstick: forbidden and allowed calls, and customers who follow a script.

A folder holds `db.json` (the records), `guard_cases.json` (calls and whether they may be done) and
`scripted_customers.json` (what customers say, and what the records must be afterwards).
"""

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from rapport.ai.procedures.evaluation.shop import Impossible, Shop
from rapport.ai.procedures.language import Catalogue, read, read_catalogue
from rapport.ai.procedures.language.files import read_as
from rapport.ai.procedures.running import Library, compiled
from rapport.ai.procedures.running.effects import Confirm, Do
from rapport.ai.procedures.running.guards import Asked, Guards, refusal
from rapport.ai.procedures.running.inputs import Done, Failed, Identified
from rapport.ai.procedures.understanding.selecting import Selector
from rapport.ai.procedures.understanding.talking import Talk
from rapport.ai.triage import service as triage
from rapport.inference.ports import Embedder

AT: Final = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
"""When customers write; nothing in the shop depends on it."""
_IDENTIFY: Final = "identify"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mounted:
    """A shop's actions, guards and procedures."""

    library: Library
    guards: Guards

    @classmethod
    def of(cls, folder: Path) -> "Mounted":
        """Read `actions.yaml`, `guards.yaml` and `procedures/*.yaml`.

        Raises:
            ProcedureInvalid: one of them is none.
        """
        files = sorted((folder / "procedures").glob("*.yaml"))
        programs = [compiled(read(file.read_text("utf-8")).procedure) for file in files]
        catalogue: Catalogue = read_catalogue((folder / "actions.yaml").read_text("utf-8"))
        guards = read_as(Guards, (folder / "guards.yaml").read_text("utf-8"))
        by_id = {program.procedure.id: program for program in programs}
        return cls(Library(by_id, catalogue, identify=_IDENTIFY), guards)

    async def selector(self, embedder: Embedder | None) -> Selector:
        """Who knows which of its procedures is meant."""
        procedures = [program.procedure for program in self.library.programs.values()]
        return await Selector.of(procedures, embedder)


@dataclass(slots=True)
class Clerk:
    """Does what a conversation asks for in a shop, when its guards have nothing against it."""

    mounted: Mounted
    shop: Shop
    customer: Json = field(default_factory=dict)
    history: list[Json] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def perform(self, effect: Do) -> Done | Failed:
        """Do an action; who was found is who the customer is."""
        asked = Asked(
            action=effect.action,
            arguments=effect.arguments,
            identity=effect.identity,
            customer=self.customer,
            confirmed=bool(effect.confirmed),
            history=self.history,
        )
        spec = self.mounted.library.spec(effect.action)
        denied = refusal(self.mounted.guards, spec, asked, self.shop.world)
        if denied is not None:
            self.refused.append(denied)
            return Failed(effect.key, denied)
        try:
            result = self.shop.call(effect.action, effect.arguments)
        except Impossible as error:
            return Failed(effect.key, str(error))
        self.history.append({"name": effect.action, "arguments": effect.arguments})
        found = None
        if spec is not None and spec.verifies is not None:
            self.customer = {"id": result["user_id"]}
            found = Identified(spec.verifies, dict(self.customer))
        return Done(effect.key, result, found)


@dataclass(frozen=True, slots=True)
class Told:
    """How one scripted customer fared."""

    id: str
    is_right: bool
    is_done_expected: bool
    changes: Json
    turns: Sequence[tuple[str, str]]


async def examine(data: Path, procedures: Path, embedder: Embedder | None) -> dict[str, Any]:
    """All calls and all customers of a folder; the keys of `rapport eval tau2`."""
    begun = time.perf_counter()
    mounted, records = Mounted.of(procedures), _json(data / "db.json")
    cases = _json(data / "guard_cases.json")
    allowed = [is_allowed(mounted, records, case) for case in cases]
    customers = [one async for one in serve(data, mounted, embedder)]
    marks = list(zip(cases, allowed, strict=True))
    done = [one for one in customers if one.is_done_expected]
    refused = [one for one in customers if not one.is_done_expected]
    return {
        "guard_denied": sum(not ok for case, ok in marks if case["expect"] == "deny"),
        "guard_deny_cases": sum(case["expect"] == "deny" for case in cases),
        "guard_allowed": sum(ok for case, ok in marks if case["expect"] == "allow"),
        "guard_allow_cases": sum(case["expect"] == "allow" for case in cases),
        "scripted_exact": sum(one.is_right for one in done),
        "scripted_done_cases": len(done),
        "scripted_clean": sum(one.is_right for one in refused),
        "scripted_refused_cases": len(refused),
        "seconds": round(time.perf_counter() - begun, 1),
    }


def is_allowed(mounted: Mounted, records: Mapping[str, Any], case: Json) -> bool:
    """Whether a call may be done, after the calls before it were."""
    shop, spec = Shop(records), mounted.library.spec(case["call"]["name"])
    for earlier in case["history"]:
        shop.call(earlier["name"], earlier["arguments"])
    user = case["authenticated_user"]
    asked = Asked(
        action=case["call"]["name"],
        arguments=case["call"]["arguments"],
        identity="verified" if user else "none",
        customer={"id": user} if user else {},
        confirmed=case["confirmed"],
        history=case["history"],
    )
    return refusal(mounted.guards, spec, asked, shop.world) is None


async def serve(data: Path, mounted: Mounted, embedder: Embedder | None) -> Any:
    """Each scripted customer of a folder, served; one after the other."""
    records = _json(data / "db.json")
    selector, setting = await mounted.selector(embedder), setting_of(records)
    for script in _json(data / "scripted_customers.json"):
        yield await _served(script, mounted, selector, records, setting)


def setting_of(records: Mapping[str, Any]) -> triage.Setting:
    """How messages to a shop are read: it knows the names of its products."""
    names = {id_: product["name"] for id_, product in records["products"].items()}
    return triage.Setting(AT, ZoneInfo("UTC"), products=triage.Products(names))


async def _served(
    script: Json,
    mounted: Mounted,
    selector: Selector,
    records: Mapping[str, Any],
    setting: triage.Setting,
) -> Told:
    clerk = Clerk(mounted, Shop(records))
    talk = Talk(
        library=mounted.library,
        selector=selector,
        perform=clerk.perform,
        names=lambda text: triage.find(text, setting),
        now=lambda: AT,
    )
    says, turns = str(script["opening"]), list[tuple[str, str]]()
    for _ in range(script["max_turns"]):
        answer = "\n".join(await talk.hear(says))
        turns.append((says, answer))
        if talk.is_over and len(turns) > 1:
            break
        says = _reply(script, answer, is_confirm=isinstance(talk.open_, Confirm))
    changes, expected = clerk.shop.changes(), script["expect"]
    return Told(
        id=script["id"],
        is_right=changes == expected["db_diff"],
        is_done_expected=expected["outcome"] == "done",
        changes=changes,
        turns=turns,
    )


def _reply(script: Json, question: str, *, is_confirm: bool) -> str:
    """What a scripted customer says to a question."""
    if is_confirm:
        return str(script["on_confirm"])
    fits = (it["say"] for it in script["answers"] if re.search(it["match"], question, re.I))
    return str(next(fits, script["default_answer"]))


def _json(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))
