"""The format: formulas that can only reckon, errors with a place, files written without loss."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.ai.procedures.language import ProcedureInvalid, read, read_catalogue
from rapport.ai.procedures.language.files import read_as
from rapport.ai.procedures.language.formulas import FormulaInvalid, parse
from rapport.ai.procedures.language.reckoning import FormulaFailed, evaluate
from rapport.ai.procedures.language.schema import schema
from rapport.ai.procedures.language.templates import filled
from rapport.ai.procedures.language.values import computed
from rapport.ai.procedures.running.guards import Guards
from tests.ai.procedures.shop import ACTIONS, REFUND

ROOT = Path(__file__).parents[3]
FILES = sorted([*ROOT.glob("benchmarks/**/*.yaml"), *ROOT.glob("evals/**/*.yaml")])
ORDER = {"order": {"status": "pending", "lines": [{"name": "Lamp", "price": 3}, {"price": 4.5}]}}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("order.status == 'pending'", True),
        ("order.status in ['sent', 'gone']", False),
        ("sum(line.price for line in order.lines)", 7.5),
        ("[line.name for line in order.lines if line.price > 3]", [None]),
        ("count(order.lines) > 1 and not order.gift", True),
        ("first(order.lines)['name'] + '!'", "Lamp!"),
        ("order.lines[5].name", None),
        ("nobody.name", None),
        ("'many' if count(order.lines) > 1 else 'one'", "many"),
        ("days_between('2026-01-01', '2026-02-01')", 31),
        ("1 < 2 < 3", True),
        ("-2 + 5 * 2", 8),
    ],
)
def test_a_formula_has_a_value(formula: str, value: object) -> None:
    assert evaluate(formula, ORDER) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id')",
        "order.__class__",
        "order.lines.append(1)",
        "(lambda: 1)()",
        "f'{order}'",
        "[a for a in order.lines for b in order.lines]",
        "2 ** 99",
        "order := 1",
        "open('x')",
        "b'x'",
        "{**order}",
        "count(value=1)",
        "(" * 300 + ")" * 300,
        "a and " * 500 + "a",
        "not " * 60 + "a",
    ],
)
def test_what_is_not_of_the_language_is_no_formula(text: str) -> None:
    with pytest.raises(FormulaInvalid):
        parse(text)


def test_a_single_equals_sign_is_told_to_be_two() -> None:
    with pytest.raises(FormulaInvalid, match="=="):
        parse("order.status = 'pending'")


@pytest.mark.parametrize(
    "formula", ["1 / 0", "order + 1", "order.status < 1", "number('x')", "days_between(1, 2)"]
)
def test_a_formula_that_cannot_be_reckoned_fails_in_words(formula: str) -> None:
    with pytest.raises(FormulaFailed):
        evaluate(formula, ORDER)


def test_a_formula_ends_in_bounded_time() -> None:
    many = {"many": list(range(2_000))}

    with pytest.raises(FormulaFailed, match="too long"):
        evaluate("[count([b for b in many if b != a]) for a in many]", many)


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_is_refused(text: str) -> None:
    try:
        evaluate(parse(text), ORDER)
    except (FormulaInvalid, FormulaFailed):
        return


def test_insertions_are_said_as_people_say_them() -> None:
    names = {"amount": 12.5, "all": ["a", "b"], "ok": True, "none": None}

    assert filled("{amount} for {all}, {ok}{none} {{x}}", names) == "12.50 for a, b, yes {x}"


def test_a_value_with_an_equals_sign_is_a_formula_and_keeps_its_kind() -> None:
    assert computed({"a": "=1 + 1", "b": "{1 + 1}", "c": [True, "x"]}, {}) == {
        "a": 2,
        "b": "2",
        "c": [True, "x"],
    }


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("- ask: order\n", "- aks: order\n", 20, "exactly one of: say, ask"),
        ("on_error", "onerror", 24, "Did you mean `on_error`?"),
        ("order != 'R-0'", "order = 'R-0'", 10, "`==`"),
        ("kind: choice", "kind: choise", 13, "choice"),
        ("name: Refund an order\n", "", 1, "`name` is missing"),
        ("identity: verified", "identity: [verified", 6, "Look at indentation"),
        ("Why?", "=Why", 14, "{…}"),
        ("steps:", "steps: &all", 19, "Anchors"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(
    old: str, new: str, line: int, said: str
) -> None:
    with pytest.raises(ProcedureInvalid) as refused:
        read(REFUND.replace(old, new, 1))

    assert said in refused.value.detail
    assert any(abs(one.line - line) <= 1 for one in refused.value.problems)


def test_a_file_that_stands_for_an_endless_one_is_refused() -> None:
    bomb = "format: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

    with pytest.raises(ProcedureInvalid, match="Anchors"):
        read(bomb)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_in_the_repository_is_written_as_it_was_read(file: Path) -> None:
    text = file.read_text("utf-8")
    if file.name == "actions.yaml":
        assert read_catalogue(text).actions
    elif file.name == "guards.yaml":
        assert read_as(Guards, text).actions
    else:
        assert read(text).written() == text


def test_comments_and_quotes_survive_a_change() -> None:
    document = read("# Ours\n" + REFUND.lstrip() + "# the end\n")

    document.data["name"] = "Pay back"

    changed = document.written()
    assert changed == document.written()
    assert changed.startswith("# Ours\n")
    assert "name: Pay back\n" in changed
    assert changed.endswith("# the end\n")


def test_the_schema_is_of_every_step_and_of_the_actions_file_as_well() -> None:
    written = str(schema())

    for word in ("say", "ask", "decide", "do", "set", "wait", "approve", "call", "hand_over", "go"):
        assert f"'{word}'" in written
    assert read_catalogue(ACTIONS).get("shop.order") is not None
