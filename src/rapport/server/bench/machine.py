"""What a report was measured on."""

import os
import platform
import subprocess
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psutil

from rapport.kernel.database.embedded import binaries

_PACKAGES: Final = ("rapport-desk", "uvicorn", "uvloop", "psycopg", "sqlalchemy", "msgspec")


def describe() -> dict[str, Any]:
    """The machine, when, and how busy it was with other things."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": round(os.getloadavg()[0], 2),
        "measured_at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    }


def versions() -> dict[str, str]:
    """What the figures depend on most."""
    postgres = subprocess.run(
        [str(binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return {
        "python": platform.python_version(),
        "postgres": postgres.stdout.split(")")[-1].split()[0],
        **{name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    """The name the system knows it by."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
