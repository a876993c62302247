from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from rapport.channels.email.receiving.smtp.listener import Listener
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.make.mailboxes import Box, mailbox


@pytest.fixture
async def box(database: Database, workspace: UUID) -> Box:
    return await mailbox(database, workspace, aliases=["help"])


@pytest.fixture
async def listener(database: Database, settings: Settings) -> AsyncIterator[Listener]:
    async with Listener(database, settings, smtp_port=0, lmtp_port=0) as listener:
        yield listener
