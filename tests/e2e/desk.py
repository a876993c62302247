"""A whole Rapport in processes of its own, as `make run` starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import PROJECT

READY_S = 90


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Desk:
    """`rapport serve` on a data folder and port of its own; may be stopped and started again."""

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._folder = tempfile.TemporaryDirectory(
            prefix="rapport-e2e-", ignore_cleanup_errors=True
        )
        self.data_dir = Path(self._folder.name)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.options = list(options)
        self.output: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._ready = threading.Event()
        self._understood = threading.Event()

    @property
    def environment(self) -> dict[str, str]:
        """What its processes and the command line run with."""
        return os.environ | {
            "RAPPORT_DATA_DIR": str(self.data_dir),
            "RAPPORT_MODELS_FOLDER": str(PROJECT / "var" / "models"),
            "RAPPORT_PORT": self.url.rsplit(":", 1)[1],
            "RAPPORT_DATABASE_FSYNC": "false",
            "RAPPORT_LOG_FORMAT": "json",
        }

    def start(self) -> None:
        """Start, and wait until it says its addresses."""
        self._ready.clear()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rapport.server.cli", "serve", *self.options],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        assert self._ready.wait(READY_S), "".join(self.output[-50:])
        assert self._process.poll() is None, "".join(self.output[-50:])

    def wait_until_understood(self) -> None:
        """Wait until the demo's assistant has looked around, as it does once after the start."""
        assert self._understood.wait(READY_S), "the demo has not understood its customers"

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line)
            if "Stop with Ctrl-C" in line:
                self._ready.set()
            if "demo_understood" in line:
                self._understood.set()
        self._ready.set()

    def stop(self) -> None:
        """Stop as Ctrl-C does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        self._process.wait(40)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def close(self) -> None:
        """Stop, and remove what it stored."""
        self.stop()
        self._folder.cleanup()

    @property
    def sign_in_link(self) -> str:
        """The one-time link it printed last."""
        links: list[str] = re.findall(r"\S+/sign-in/link#token=\S+", "".join(self.output))
        return links[-1]

    def command(self, *arguments: str) -> str:
        """What `rapport …` prints against this instance."""
        done = subprocess.run(
            [sys.executable, "-m", "rapport.server.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, path: str) -> str:
        """The body at `path`."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            body: bytes = answer.read()
            return body.decode()
