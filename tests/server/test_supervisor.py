"""`rapport serve` in processes of its own: what is killed comes back, what is stopped is gone."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

START_S = 120
"""Generous: the machine may be busy with the other tests."""


class Instance:
    """A running `rapport serve` on a folder and a port of its own."""

    def __init__(self, data_dir: Path, port: int | None = None) -> None:
        self.data_dir = data_dir
        self.port = port or free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rapport.server.cli", "serve"],
            env=os.environ
            | {
                "RAPPORT_DATA_DIR": str(data_dir),
                "RAPPORT_PORT": str(self.port),
                "RAPPORT_DATABASE_FSYNC": "false",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_ready(self) -> str:
        """What it printed until it was all up, the worker included."""
        assert self.process.stdout is not None
        printed = ""
        for line in self.process.stdout:
            printed += line
            if "Stop with Ctrl-C" in line:
                until(lambda: bool(self.named("worker")))
                return printed
        raise AssertionError(printed)

    def family(self) -> list[psutil.Process]:
        """Its processes and all below them."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, word: str) -> list[psutil.Process]:
        """Those that call themselves `web-0`, `worker-0` and the like."""
        return [process for process in self.family() if name_of(process).startswith(f"{word}-")]

    def postgres(self) -> psutil.Process:
        """The database's first process."""
        [found] = [
            p for p in self.family() if p.ppid() == self.process.pid and p.name() == "postgres"
        ]
        return found

    def is_ready(self) -> bool:
        """Whether it says so by HTTP."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and wait for the end."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def name_of(process: psutil.Process) -> str:
    """What it calls itself; empty when it has just ended."""
    try:
        return process.name()
    except psutil.Error:
        return ""


def until(true: Callable[[], bool], deadline_s: float = 60) -> None:
    """Ask again and again until it holds."""
    deadline = time.monotonic() + deadline_s
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def serve(data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `rapport serve` where it should refuse."""
    return subprocess.run(
        [sys.executable, "-m", "rapport.server.cli", "serve"],
        env=os.environ | {"RAPPORT_DATA_DIR": str(data_dir)} | environment,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def other_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def instance(folder: Path) -> Iterator[Instance]:
    instance = Instance(folder)
    try:
        instance.wait_until_ready()
        yield instance
    finally:
        instance.stop()


def test_a_killed_web_process_comes_back(instance: Instance) -> None:
    [web] = instance.named("web")

    web.kill()

    until(lambda: [p.pid for p in instance.named("web")] not in ([], [web.pid]))
    until(instance.is_ready)


def test_a_killed_worker_comes_back(instance: Instance) -> None:
    [worker] = instance.named("worker")

    worker.kill()

    until(lambda: [p.pid for p in instance.named("worker")] not in ([], [worker.pid]))


def test_a_killed_database_comes_back_and_the_web_uses_it(instance: Instance) -> None:
    until(instance.is_ready)
    database = instance.postgres()

    database.kill()

    until(lambda: not database.is_running() or database.status() == psutil.STATUS_ZOMBIE)
    until(instance.is_ready)
    assert instance.postgres().pid != database.pid


def test_a_second_instance_on_the_same_folder_is_refused_by_name(instance: Instance) -> None:
    second = serve(instance.data_dir, RAPPORT_PORT=str(free_port()))

    assert second.returncode == 1
    assert f"in use by process {instance.process.pid}" in " ".join(second.stderr.split())
    assert "Traceback" not in second.stderr
    assert instance.is_ready()


def test_a_taken_port_is_said(instance: Instance, tmp_path: Path) -> None:
    second = serve(tmp_path, RAPPORT_PORT=str(instance.port))

    assert second.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{instance.port}" in second.stderr
    assert "RAPPORT_PORT" in second.stderr
    assert "Traceback" not in second.stderr


def test_the_doctor_examines_the_running_instance(instance: Instance) -> None:
    until(instance.is_ready)
    done = subprocess.run(
        [sys.executable, "-m", "rapport.server.cli", "doctor", "--json"],
        env=os.environ | {"RAPPORT_DATA_DIR": str(instance.data_dir)},
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    found = json.loads(done.stdout.splitlines()[-1])

    assert found["ok"] is (done.returncode == 0)
    assert found["idle_pss_mb"] > 50
    assert 0 < found["ready_s"] < START_S
    said = {check["name"]: check for check in found["checks"]}
    for name in ("data folder", "database", "migrations", "web"):
        assert said[name]["ok"], said[name]
    assert all(check["ok"] or check["mend"] for check in found["checks"])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_whatever_ends_it_nothing_is_left_behind(
    other_folder: Path, number: signal.Signals
) -> None:
    instance = Instance(other_folder)
    printed = instance.wait_until_ready()
    family = instance.family()

    code = instance.stop(number)

    until(lambda: not any(map(is_alive, family)))
    assert code == (-number if number is signal.SIGKILL else 0)
    assert re.search(r"/sign-in/link#token=\S{20,}", printed)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", instance.port)) != 0


def test_to_be_stopped_while_it_starts_is_no_failure(other_folder: Path) -> None:
    instance = Instance(other_folder)
    until(lambda: bool(instance.named("web")))
    family = instance.family()

    code = instance.stop()

    assert code == 0
    until(lambda: not any(map(is_alive, family)))


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
