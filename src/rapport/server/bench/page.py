"""The table of figures in `docs/why/performance.md`."""

from pathlib import Path
from typing import Any, Final

from rapport.kernel.errors import NotFound

PAGE: Final = Path(__file__).parents[4] / "docs" / "why" / "performance.md"
BEGIN: Final = "<!-- figures: written by `rapport bench all --write` -->"
END: Final = "<!-- end of figures -->"


class NoPage(NotFound):
    """`docs/why/performance.md` is not here: this is no checkout of the source."""


def write(report: dict[str, Any], page: Path = PAGE) -> None:
    """Put the report's figures into `page`, in place of those of the last run.

    Raises:
        NoPage: there is no such page.
    """
    try:
        text = page.read_text()
        before, rest = text.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
    except (OSError, ValueError, IndexError) as error:
        raise NoPage from error
    page.write_text(f"{before}{BEGIN}\n{table(report)}{END}{after}")


def table(report: dict[str, Any]) -> str:
    """The report as Markdown: when and where, then a row for each figure."""
    machine, versions = report["machine"], report["versions"]
    lines = [
        f"{machine['measured_at']}, {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gib']} GiB, {machine['system']}, load {machine['load_average']}; "
        + ", ".join(f"{name} {number}" for name, number in versions.items())
        + ".",
        "",
        "| figure | value | unit | reference | ratio |",
        "|---|--:|---|--:|--:|",
    ]
    lines += [
        f"| {name} | {_number(it['value'])} | {it['unit']} | {_number(it['reference'])} | "
        f"{_number(it['ratio'])} |"
        for name, it in report["figures"].items()
    ]
    lines += [f"\nNot measured: {part} ({why})" for part, why in report["missing"].items()]
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.10g}"
