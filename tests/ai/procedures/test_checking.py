"""Lint and explain: what is wrong is found before anything runs, and told to no developer."""

from pathlib import Path

import pytest

from rapport.ai.procedures.checking import Surroundings, explain, flowchart, lint
from rapport.ai.procedures.language import read, read_catalogue
from tests.ai.procedures.shop import ACTIONS, IDENTIFY, OPENING_HOURS, REFUND

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT / "benchmarks" / "tau2", ROOT / "evals" / "abcd"]


def codes(text: str, *others: str) -> set[str]:
    procedures = [read(other).procedure for other in others]
    around = Surroundings(read_catalogue(ACTIONS), {one.id: one for one in procedures})
    return {one.code for one in lint(read(text), around)}


def changed(old: str, new: str) -> set[str]:
    assert old in REFUND
    return codes(REFUND.replace(old, new, 1))


def test_a_procedure_in_order_has_nothing_wrong() -> None:
    assert codes(REFUND) == set()
    assert codes(IDENTIFY) == set()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("- ask: reason", "- ask: reasons", "unknown_slot"),
        ("do: shop.refund", "do: shop.refunds", "unknown_action"),
        ("refund.amount", "refunded.amount", "unknown_name"),
        ("order != 'R-0'", "ordr != 'R-0'", "unknown_name"),
        ("with: {number: =order, reason: =reason}", "with: {number: =order}", "argument_missing"),
        ("reason: =reason}", "reason: =reason, why: x}", "argument_unknown"),
        ("reason: =reason}", "reason: =reason, customer: c-2}", "argument_bound"),
        ("reason: =reason}", "reason: 7}", "argument_wrong"),
        ("identity: verified\nslots", "slots", "identity_missing"),
        ("    confirm: Shall I refund {order} ({reason})?\n", "", "confirmation_missing"),
        ("go: end", "go: nowhere", "unknown_step"),
        ("      do: shop.release", "      do: shop.unreserve", "unknown_action"),
        ("name: Refund an order", "name: Refund\nlanguages: [en, de]", "text_missing"),
        ("  - say: Done", "  - go: end\n  - say: Done", "unreachable"),
    ],
)
def test_lint_finds(old: str, new: str, code: str) -> None:
    assert code in changed(old, new)


def test_lint_finds_a_loop_in_which_nobody_is_asked() -> None:
    loop = "format: 1\nid: a\nname: A\nsteps:\n  - name: again\n    say: Hi\n  - go: again\n"
    asking = loop.replace("say: Hi", "ask: place").replace(
        "steps:", "slots:\n  place: {kind: text}\nsteps:"
    )

    assert codes(loop) == {"endless_loop"}
    assert codes(asking) == set()


def test_lint_finds_calls_of_nothing_and_calls_without_end() -> None:
    call = "format: 1\nid: a\nname: A\nsteps:\n  - call: hours\n    with: {town: Bremen}\n"
    back = "format: 1\nid: hours\nname: B\nsteps:\n  - call: a\n"

    assert codes(call) == {"unknown_procedure"}
    assert codes(call, OPENING_HOURS) == {"unknown_slot"}
    assert "endless_call" in codes(call, back)


def test_a_finding_has_its_place() -> None:
    around = Surroundings(read_catalogue(ACTIONS))

    (one,) = lint(read(REFUND.replace("- ask: reason", "- ask: reasons")), around)[:1]

    assert REFUND.splitlines()[one.line - 1].strip() == "- ask: reason"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_procedure_in_the_repository_is_clean(folder: Path) -> None:
    files = [it for it in folder.rglob("*.yaml") if it.name not in ("actions.yaml", "guards.yaml")]
    documents = {file.name: read(file.read_text("utf-8")) for file in files}
    around = Surroundings(
        read_catalogue((folder / "actions.yaml").read_text("utf-8")),
        {document.procedure.id: document.procedure for document in documents.values()},
    )

    found = {name: lint(document, around) for name, document in documents.items()}

    assert {name: problems for name, problems in found.items() if problems} == {}
    assert len(files) >= 12


def test_all_flows_of_abcd_are_procedures() -> None:
    ids = {file.stem for file in (ROOT / "evals" / "abcd").glob("*.yaml")}

    assert len(ids - {"actions", "identify"}) == 55


def test_a_procedure_is_told_in_sentences() -> None:
    told = explain(read(REFUND).procedure)

    assert "The customer must have proved who they are" in told
    assert "1. Ask for order, if not known yet." in told
    assert "If it fails:" in told
    assert "It can be undone by shop.release." in told
    assert "When the customer calls it off" in told


def test_a_procedure_is_drawn_with_every_step_and_every_way() -> None:
    chart = flowchart(read(REFUND).procedure)

    assert chart.startswith("flowchart TD")
    assert '[/"Ask for order, if not known yet."/]' in chart
    assert '-->|"fails"|' in chart
    assert chart.count("[[") == 3
