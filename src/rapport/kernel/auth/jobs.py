"""Housekeeping of what expires."""

from datetime import datetime

from rapport.kernel import jobs
from rapport.kernel.auth import first_run


@jobs.periodic("auth.sweep", "17 * * * *")
async def sweep(_: datetime) -> None:
    """Delete expired sessions, links, resets and rate limits, once an hour."""
    await first_run.sweep(jobs.worker_database())
