"""A street that the browser tests take for a desk."""

import subprocess

from tests.e2e.desk import Desk
from tests.scale.servers import ExternalPostgres, Nats
from tests.scale.street import Street


class ScaledDesk(Desk):
    """Two web and two worker processes with the demo workspace; stopping stops all four."""

    def __init__(self, postgres: ExternalPostgres, nats: Nats | None = None) -> None:
        self.street = Street(postgres, nats=nats, options=["--demo"])
        self.data_dir = self.street.data_dir
        self.url = self.street.url
        self._begun = False

    @property
    def environment(self) -> dict[str, str]:
        return self.street.environment

    def start(self) -> None:
        if self._begun:
            self.street.launch()
            self.street.wait_up()
        else:
            self.street.start()
            self._begun = True

    def stop(self) -> None:
        self.street.stop()

    def close(self) -> None:
        self.street.close()

    def command(self, *arguments: str) -> str:
        done: subprocess.CompletedProcess[str] = self.street.command(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
