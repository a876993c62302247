"""`python -m tests.fuzz.run TARGET [SECONDS]`: fuzz one target; ends with 0 when nothing was found.

libFuzzer ends the process by itself, so this is a program and no function.
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]

HERE = Path(__file__).parent
KEPT = HERE.parents[1] / "build" / "fuzz"
HANG_S = 2
WATCHED = ["rapport.kernel", "rapport.channels.email", "rapport.conversations.search"]
_DEFAULT_S = 60


def main(name: str, seconds: int) -> None:
    """Fuzz for so many seconds, beginning with the seeds."""
    with atheris.instrument_imports(include=WATCHED):
        # Imported here, so that every line of it is watched.
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415
    found = KEPT / name
    found.mkdir(parents=True, exist_ok=True)
    corpus = found / "corpus"
    corpus.mkdir(exist_ok=True)
    options = [
        sys.argv[0],
        str(corpus),
        str(HERE / "corpus" / name),
        f"-max_total_time={seconds}",
        f"-timeout={HANG_S}",
        f"-artifact_prefix={found}/",
        "-max_len=4096",
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup(options, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else _DEFAULT_S)
