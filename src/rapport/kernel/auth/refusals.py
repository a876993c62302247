"""Sign-ins that failed, told to the workspaces of whoever they were tried for."""

from typing import Final, Protocol

from rapport.kernel import jobs
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import lookups
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database

_MOST_PLACES: Final = 20


class Browser(Protocol):
    """What tried to sign in."""

    @property
    def ip(self) -> str:
        """Its address."""

    @property
    def user_agent(self) -> str:
        """What it calls itself."""


async def note(database: Database, email: str, browser: Browser, *, by: str) -> None:
    """Have a refused sign-in recorded later.

    It costs the same whether there is an account or not: only the job looks.
    """
    async with database.connect() as session:
        job = record_refusal.configure(connection=await jobs.raw_connection(session))
        await job.defer_async(email=email, ip=browser.ip, user_agent=browser.user_agent, by=by)


@jobs.task("auth.record_refusal")
async def record_refusal(*, email: str, ip: str, user_agent: str, by: str) -> None:
    """Record a refused sign-in wherever the address belongs to a member; else nowhere."""
    database = jobs.worker_database()
    async with database.connect() as session:
        account = await lookups.account(session, email)
        places = await lookups.places(session, account.user_id) if account else []
    for place in places[:_MOST_PLACES]:
        async with database.begin(place.workspace_id, SYSTEM) as ctx:
            await audit.record(
                ctx,
                "session.refused",
                subject=f"user:{account.user_id}" if account else "",
                name=account.name if account else "",
                details={"by": by, "ip": ip, "user_agent": user_agent},
            )
