"""The benchmarks run, at sizes too small to mean anything, and print what they promise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.server.bench import deliver, page, suite
from rapport.server.bench.suite import Figure, Figures, Size


def test_all_puts_each_figure_beside_its_reference() -> None:
    parts = [option for part in ("ingest", "fanout", "inbox") for option in ("--part", part)]
    command = ["bench", "all", "--quick", "--conversations", "200", *parts, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "rapport.server.cli", *command],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )

    report = json.loads(done.stdout.splitlines()[-1])

    assert {"machine", "versions", "figures", "missing"} == report.keys()
    assert report["missing"] == {}
    figures = report["figures"]
    for name in (
        "ingest_per_s",
        "ingest_per_s_of_pgbench_1",
        "ingest_per_s_of_pgbench_2",
        "ingest_per_s_of_echo",
        "fanout_cpu_us",
        "list_p99_ms_at_200",
        "search_two_common_p99_ms_at_200",
    ):
        figure = figures[name]
        assert {"value", "unit", "reference", "ratio"} == figure.keys()
        assert figure["ratio"] == pytest.approx(figure["value"] / figure["reference"], abs=0.001)
    assert figures["ingest_lost"]["value"] == figures["ingest_duplicated"]["value"] == 0
    assert "ingest ..." in done.stderr


def test_every_message_is_delivered_to_its_visitor_and_to_all_agents() -> None:
    found = deliver.run(connections=20, rate=20, seconds=1, references=True)

    assert found["connections"] == 20
    assert found["sent"] == 20
    assert found["deliveries"] == 20 * (found["agents"] + 1)
    assert (found["missing"], found["refused"], found["bare_missing"]) == (0, 0, 0)
    assert 0 < found["p50_ms"] <= found["p99_ms"] <= found["max_ms"]


def _good(_: Size) -> Figures:
    yield "good", Figure(3, "things", 2)


def _broken(_: Size) -> Figures:
    yield "half", Figure(1, "thing")
    raise OSError("The tool is not here.")


def _stopped(size: Size) -> Figures:
    if not size.quick:
        raise KeyboardInterrupt
    yield from _good(size)


def test_a_part_that_fails_is_named_and_the_others_go_on() -> None:
    known = {"broken": _broken, "good": _good}

    report = suite.run(["broken", "good"], Size(), known=known)

    assert report["missing"] == {"broken": "The tool is not here."}
    assert report["figures"]["half"] == {
        "value": 1,
        "unit": "thing",
        "reference": None,
        "ratio": None,
    }
    assert report["figures"]["good"]["ratio"] == 1.5


def test_what_is_done_when_interrupted_is_kept() -> None:
    known = {"good": _good, "stopped": _stopped, "never": _good}

    report = suite.run(["good", "stopped", "never"], Size(), known=known)

    assert "good" in report["figures"]
    assert report["missing"] == {"stopped": "interrupted", "never": "interrupted"}


def test_the_page_gets_the_figures_of_the_last_run(tmp_path: Path) -> None:
    report = suite.run(["good"], Size(), known={"good": _good})
    path = tmp_path / "performance.md"
    path.write_text(f"Before\n{page.BEGIN}\nold\n{page.END}\nAfter\n")

    page.write(report, path)
    page.write(report, path)

    text = path.read_text()
    assert "| good | 3 | things | 2 | 1.5 |" in text
    assert "old" not in text
    assert text.startswith("Before\n")
    assert text.endswith("\nAfter\n")
    assert text.count(page.BEGIN) == 1


def test_a_page_without_a_place_for_figures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "performance.md"
    path.write_text("Nothing")

    with pytest.raises(page.NoPage):
        page.write({}, path)
