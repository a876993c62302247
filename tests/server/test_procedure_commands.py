"""`rapport procedure` and `rapport eval tau2`, as a support lead calls them."""

import json
from pathlib import Path

from typer.testing import CliRunner

from rapport.server.commands import evals, procedures
from tests.ai.procedures.shop import ACTIONS, REFUND

ROOT = Path(__file__).parents[2]


def folder(place: Path, refund: str = REFUND) -> Path:
    (place / "actions.yaml").write_text(ACTIONS)
    (place / "refund.yaml").write_text(refund.lstrip())
    return place / "refund.yaml"


def test_lint_says_that_nothing_is_wrong(tmp_path: Path) -> None:
    found = CliRunner().invoke(procedures.app, ["lint", str(folder(tmp_path))])

    assert (found.exit_code, found.stdout) == (0, "Nothing is wrong.\n")


def test_lint_ends_with_1_and_tells_where_and_what(tmp_path: Path) -> None:
    file = folder(tmp_path, REFUND.replace("do: shop.refund", "do: shop.refnd"))

    found = CliRunner().invoke(procedures.app, ["lint", str(tmp_path)])

    assert found.exit_code == 1
    line = next(at for at, said in enumerate(file.read_text().splitlines(), 1) if "refnd" in said)
    assert f"{file}:{line}:5: There is no action `shop.refnd`. [unknown_action]" in found.stdout


def test_explain_tells_it_in_sentences_or_as_a_chart(tmp_path: Path) -> None:
    file = str(folder(tmp_path))

    assert "Ask for order" in CliRunner().invoke(procedures.app, ["explain", file]).stdout
    chart = CliRunner().invoke(procedures.app, ["explain", "--chart", file]).stdout
    assert chart.startswith("flowchart TD")


def test_run_plays_the_customer_with_fixtures(tmp_path: Path) -> None:
    file = folder(tmp_path)
    fixtures = tmp_path / "fixtures.json"
    fixtures.write_text(
        json.dumps(
            {
                "shop.order": [{"result": {"status": "delivered"}}],
                "shop.reserve": [{"result": {}}],
                "shop.refund": [{"with": {}, "error": "x"}, {"result": {"amount": 9.5}}],
            }
        )
    )

    found = CliRunner().invoke(
        procedures.app,
        ["run", str(file), "--fixtures", str(fixtures)],
        input="R-10234\nyes\nit came late\nyes\n",
    )

    assert found.exit_code == 0, found.output
    assert "Shall I refund R-10234 (late)?" in found.stdout
    assert "Done, 9.50 comes back." in found.stdout


def test_the_schema_is_printed_as_json() -> None:
    printed = CliRunner().invoke(procedures.app, ["schema"]).stdout

    assert json.loads(printed)["title"] == "Procedure"


def test_a_foreign_shop_is_served_and_guarded(tmp_path: Path) -> None:
    records = {
        "users": {
            "u1": {
                "user_id": "u1",
                "name": {"first_name": "Ada", "last_name": "Byron"},
                "address": {"zip": "10001"},
                "email": "ada@example.com",
                "payment_methods": {},
                "orders": ["#W1000001"],
            }
        },
        "orders": {
            "#W1000001": {
                "order_id": "#W1000001",
                "user_id": "u1",
                "items": [],
                "status": "pending",
                "payment_history": [],
            }
        },
        "products": {},
    }
    call: dict[str, object] = {"name": "cancel_pending_order"}
    call |= {"arguments": {"order_id": "#W1000001", "reason": "no longer needed"}}
    case = {"authenticated_user": "u1", "confirmed": True, "history": [], "call": call}
    done = {"status": "cancelled", "cancel_reason": "no longer needed"}
    script: dict[str, object] = {
        "id": "s1",
        "opening": "please cancel my order #W1000001",
        "answers": [
            {"match": "e-mail", "say": "ada@example.com"},
            {"match": "reason", "say": "I don't need it any more"},
        ],
        "on_confirm": "yes",
        "default_answer": "nothing more",
        "max_turns": 8,
        "expect": {"outcome": "done", "db_diff": {"orders": {"#W1000001": done}}},
    }
    refused: dict[str, object] = {**script, "id": "s2", "on_confirm": "no, please don't"}
    refused |= {"expect": {"outcome": "not_done", "db_diff": {}}}
    cases = [
        case | {"expect": "allow"},
        case | {"confirmed": False, "expect": "deny"},
        case | {"authenticated_user": None, "expect": "deny"},
        case | {"authenticated_user": "u2", "expect": "deny"},
    ]
    (tmp_path / "db.json").write_text(json.dumps(records))
    (tmp_path / "guard_cases.json").write_text(json.dumps(cases))
    (tmp_path / "scripted_customers.json").write_text(json.dumps([script, refused]))

    found = CliRunner().invoke(
        evals.app, ["tau2", "--data", str(tmp_path), "--words-only", "--json"]
    )

    assert found.exit_code == 0, found.output
    marks = json.loads(found.stdout.splitlines()[-1])
    del marks["seconds"]
    assert marks == {
        "guard_denied": 3,
        "guard_deny_cases": 3,
        "guard_allowed": 1,
        "guard_allow_cases": 1,
        "scripted_exact": 1,
        "scripted_done_cases": 1,
        "scripted_clean": 1,
        "scripted_refused_cases": 1,
    }
