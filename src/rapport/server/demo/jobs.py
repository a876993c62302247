"""What takes longer than somebody likes to wait for a demo."""

from uuid import UUID

import structlog

from rapport.kernel import jobs
from rapport.server.demo import taught

log = structlog.get_logger(__name__)


@jobs.task("demo.understand")
async def understand(workspace_id: str) -> None:
    """Let the demo's assistant learn and look around; done twice, it says so and changes little."""
    await taught.understand(jobs.worker_database(), UUID(workspace_id))
    log.info("demo_understood")
