"""Sign-ins that failed are told to whoever may read the record."""

from uuid import UUID

import pytest

from rapport.kernel import jobs
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import resets, sign_in
from rapport.kernel.auth.errors import SignInRefused
from rapport.kernel.database.engine import Database
from tests.conftest import Begin
from tests.make.auth import person

BROWSER = sign_in.Browser("203.0.113.7", "Firefox")


async def refused(database: Database, email: str, password: str = "not the right one") -> None:
    with pytest.raises(SignInRefused):
        await sign_in.with_password(
            database, email=email, password=password, workspace=None, browser=BROWSER
        )
    await jobs.run(database, wait=False)


async def deeds(begin: Begin) -> list[audit.Deed]:
    async with begin() as ctx:
        wanted = audit.Wanted(verbs=["session.refused"])
        return await audit.page(ctx, wanted, before=None, limit=10)


async def test_a_wrong_password_is_recorded_where_its_account_belongs(
    database: Database, workspace: UUID, begin: Begin
) -> None:
    tom = await person(database, workspace, name="Tom")
    await resets.set_for(database, email=tom.email, password="correct horse battery")

    await refused(database, tom.email)

    [deed] = await deeds(begin)
    assert (deed.subject, deed.subject_name) == (f"user:{tom.id}", "Tom")
    assert deed.actor_name == "Rapport"
    assert deed.details == {"by": "password", "ip": "203.0.113.7", "user_agent": "Firefox"}


async def test_an_unknown_address_is_recorded_nowhere(database: Database, begin: Begin) -> None:
    await refused(database, "nobody@example.com")

    assert await deeds(begin) == []
