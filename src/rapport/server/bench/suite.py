"""`rapport bench all`: every figure we claim, each beside a reference measured in the same run.

The parts run one after the other, never at once. What is done when the run is interrupted, or when
a part fails, is kept.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from rapport.kernel.settings.process import Settings
from rapport.server.bench import (
    console,
    deliver,
    fanout,
    inbox,
    ingest,
    machine,
    training,
    triage,
    widget,
    worker_memory,
)

Figures = Iterator[tuple[str, "Figure"]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much a run takes on."""

    conversations: int = 1_000_000
    quick: bool = False

    def of(self, full: int, quick: int) -> int:
        """A number that is smaller in a quick run."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its unit, and what it is to be compared with."""

    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = field(init=False)
    """`value` as a multiple of `reference`."""

    def __post_init__(self) -> None:
        ratio = round(self.value / self.reference, 3) if self.reference else None
        object.__setattr__(self, "ratio", ratio)


def run(
    parts: Sequence[str],
    size: Size,
    say: Callable[[str], None] = lambda _: None,
    *,
    known: "Mapping[str, Callable[[Size], Figures]] | None" = None,
) -> dict[str, Any]:
    """Measure `parts`, names of `known` (`PARTS` unless given); `say` hears what goes on.

    `missing` names the parts that are not there and why.
    """
    figures: dict[str, Figure] = {}
    missing: dict[str, str] = {}
    waiting = list(parts)
    try:
        for part in parts:
            say(f"{part} ...")
            try:
                for name, figure in (known or PARTS)[part](size):
                    figures[name] = figure
                    say(f"  {name}: {figure.value:g} {figure.unit}{_beside(figure)}")
            except Exception as error:  # noqa: BLE001 - the other parts still count
                missing[part] = str(error)
                say(f"  {part} failed: {error}")
            waiting.remove(part)
    except KeyboardInterrupt:
        missing |= dict.fromkeys(waiting, "interrupted")
        say("Interrupted; what is done is kept.")
    return {
        "machine": machine.describe(),
        "versions": machine.versions(),
        "figures": {name: asdict(figure) for name, figure in figures.items()},
        "missing": missing,
    }


def to_stderr(line: str) -> None:
    """Show progress where it does not mix with the report."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _beside(figure: Figure) -> str:
    return "" if figure.ratio is None else f" ({figure.ratio:g} of {figure.reference:g})"


def _ingest(size: Size) -> Figures:
    found = ingest.run(clients=64, seconds=size.of(10, 2), references=True)
    rate = found["messages_per_s"]
    yield "ingest_per_s", Figure(rate, "messages/s", found["direct_per_s"])
    yield "ingest_per_s_of_pgbench_1", Figure(rate, "messages/s", found["pgbench_1_per_s"])
    yield "ingest_per_s_of_pgbench_2", Figure(rate, "messages/s", found["pgbench_2_per_s"])
    yield "ingest_per_s_of_echo", Figure(rate, "messages/s", found["echo_per_s"])
    yield "ingest_p99_ms", Figure(found["p99_ms"], "ms", found["echo_p99_ms"])
    yield "ingest_lost", Figure(found["lost"], "messages")
    yield "ingest_duplicated", Figure(found["duplicated"], "messages")
    both = ingest.run(clients=64, seconds=size.of(10, 2), web=2)["messages_per_s"]
    yield "ingest_two_web_per_s", Figure(both, "messages/s", rate)


def _deliver(size: Size) -> Figures:
    found = deliver.run(
        connections=size.of(2_000, 200), seconds=size.of(15, 3), rate=200, references=True
    )
    yield "deliver_p50_ms", Figure(found["p50_ms"], "ms", found["bare_p50_ms"])
    yield "deliver_p99_ms", Figure(found["p99_ms"], "ms", found["bare_p99_ms"])
    yield "deliver_missing", Figure(found["missing"], "deliveries")


def _fanout(size: Size) -> Figures:
    found = fanout.run(size.of(2_000, 200), references=True)
    yield "fanout_last_ms", Figure(found["last_ms"], "ms", found["bare_last_ms"])
    yield (
        "fanout_cpu_us",
        Figure(found["cpu_us_per_delivery"], "µs/delivery", found["bare_cpu_us_per_delivery"]),
    )
    yield "fanout_kib", Figure(found["kib_per_connection"], "KiB/connection")


_READINGS: Final = ("list", "deep", "counters", "thread")
_SEARCHES: Final = ("search_rare", "search_common", "search_two_common")


def _inbox(size: Size) -> Figures:
    for found in inbox.growing(size.of(size.conversations, min(size.conversations, 10_000))):
        for name in (*_READINGS, *_SEARCHES):
            figure = Figure(found[f"{name}_p99_ms"], "ms", found["by_key_p99_ms"])
            yield f"{name}_p99_ms_at_{found['conversations']}", figure


def _console(size: Size) -> Figures:
    found = console.run(conversations=size.of(12_000, 500), rounds=size.of(5, 1))
    bare = found["bare_interactive_ms"]
    yield "console_interactive_ms", Figure(found["interactive_ms"], "ms", bare)
    yield "console_first_load_bytes", Figure(found["bytes"], "bytes")
    yield (
        "console_scroll_dropped",
        Figure(found["scroll_dropped"], "frames", found["bare_scroll_dropped"]),
    )
    yield "console_scroll_worst_ms", Figure(found["scroll_worst_ms"], "ms")
    yield "console_scroll_long_tasks", Figure(found["scroll_long_tasks"], "tasks")


def _bytes(_: Size) -> Figures:
    for name, value in widget.run().items():
        if isinstance(value, int) and not name.startswith("budget"):
            yield name, Figure(value, "bytes")


def _triage(size: Size) -> Figures:
    found = triage.run(Settings().models_dir, messages=size.of(1_000, 64))
    alone = found["embedder_alone_per_s"]
    yield "triage_per_s", Figure(found["messages_per_s"], "messages/s", alone)
    yield "triage_p99_ms", Figure(found["p99_ms"], "ms")
    worked, embedding = found["cpu_ms_per_message"], found["embedder_alone_cpu_ms"]
    yield "triage_cpu_ms", Figure(worked, "ms/message", embedding)
    yield "triage_rss_mb", Figure(found["rss_mb"], "MB")


def _training(size: Size) -> Figures:
    found = training.run(Settings().models_dir, messages=size.of(training.MESSAGES, 1_000))
    yield "training_s", Figure(found["train_s"], "s", found["reference"])
    yield "training_cpu_s", Figure(found["cpu_s"], "s")
    yield "training_rss_mb", Figure(found["rss_mb"], "MB")


def _worker_memory(size: Size) -> Figures:
    found = worker_memory.run(
        Settings().models_dir,
        examples=size.of(worker_memory.EXAMPLES, 1_500),
        messages=size.of(1_000, 100),
    )
    limit = found["limit_mb"]
    for name in ("pss_mb", "rss_mb", "peak_pss_mb", "peak_rss_mb"):
        yield f"worker_{name}", Figure(found[name], "MB", limit)


PARTS: Final[Mapping[str, Callable[[Size], Figures]]] = {
    "ingest": _ingest,
    "deliver": _deliver,
    "fanout": _fanout,
    "inbox": _inbox,
    "console": _console,
    "bytes": _bytes,
    "triage": _triage,
    "training": _training,
    "worker-memory": _worker_memory,
}
"""What can be measured, in the order it is."""
