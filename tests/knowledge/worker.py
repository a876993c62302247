"""A worker of its own process, for tests that kill it: lets a new model learn, then waits."""

import asyncio
import sys
from pathlib import Path
from uuid import UUID

import rapport.server.tables  # noqa: F401 - registers every room's tables
from rapport.kernel.database.engine import Database
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.settings.process import Settings
from rapport.knowledge.jobs import catching_up
from tests.knowledge.models import House, Model


async def main(url: str, workspace_id: str, data_dir: str) -> None:
    """Write how many parts each batch had; the model answers nobody after four texts."""
    database = Database(url)
    database.ports.provide(KeyRing, KeyRing.at(Settings(data_dir=Path(data_dir))))
    house = House(database.ports, {"old/1": Model(name="old/1")})
    house.use(Model(name="new/1", dimensions=64, lasts=4, hangs=True))
    async for done in catching_up(database, UUID(workspace_id), at_once=2):
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
