"""`rapport user`: people, from the machine's own command line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from rapport.kernel.auth import (
    first_run,
    links,
    lookups,
    members,
    resets,
    second_factor,
    sign_in,
)
from rapport.kernel.auth.repository import Member, MembershipRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.emails import clean
from rapport.kernel.errors import NotFound
from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server.process import open_database

T = TypeVar("T")
Work = Callable[[Database], Awaitable[T]]

app = typer.Typer(no_args_is_help=True, help="People: create, list, let in, change, deactivate.")

Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]
Workspace = Annotated[
    str | None, typer.Option("--workspace", help="A workspace's slug, where there are several.")
]


class NoSuchUser(NotFound):
    """Nobody active has this e-mail address here."""


class NoSuchWorkspace(NotFound):
    """There is no workspace with this slug, or there are several and none was named."""


@app.callback()
def user() -> None:
    """People: create, list, let in, change, deactivate."""


@app.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="Shown to customers and colleagues.")] = "",
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.AGENT,
    workspace: Workspace = None,
) -> None:
    """Make somebody a member, and print a link with which they sign in once."""
    try:
        address = clean(email)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error

    async def work(database: Database) -> str:
        async with database.begin(await _workspace(database, workspace), SYSTEM) as ctx:
            shown = name.strip() or address.split("@")[0]
            user_id = await members.create(ctx, email=address, name=shown, role=role)
            return await _link(ctx, user_id)

    typer.echo(_run(work))


@app.command(name="list")
def list_users(workspace: Workspace = None) -> None:
    """Everybody, the active ones first."""

    async def work(database: Database) -> list[Member]:
        async with database.begin(await _workspace(database, workspace), SYSTEM) as ctx:
            return await members.everybody(ctx)

    for member in _run(work):
        state = "" if member.is_active else "  (inactive)"
        typer.echo(f"{member.email}  {member.role}  {member.name}{state}")


@app.command()
def link(
    email: Annotated[str | None, typer.Argument(help="The person's e-mail address.")] = None,
    owner: Annotated[bool, typer.Option("--owner", help="The first owner's link.")] = False,
    workspace: Workspace = None,
) -> None:
    """Print a link that signs somebody in, once, within 24 hours."""
    if (email is None) != owner:
        raise typer.BadParameter("Name an e-mail address, or use --owner.")

    async def work(database: Database) -> str:
        if email is None:
            first = await first_run.ensure_first_owner(database, new_link=True)
            if first is None or first.link is None:
                raise NoSuchUser("No active owner is left.")
            return first.link
        async with database.begin(await _workspace(database, workspace, email), SYSTEM) as ctx:
            return await _link(ctx, (await _member(ctx, email)).id)

    typer.echo(_run(work))


@app.command()
def set_role(email: Email, role: Role, workspace: Workspace = None) -> None:
    """Give a member another role."""

    async def work(database: Database) -> None:
        async with database.begin(await _workspace(database, workspace, email), SYSTEM) as ctx:
            await members.change(ctx, (await _member(ctx, email)).id, role=role)

    _run(work)
    typer.echo(f"{email} is {role.value} now.")


@app.command()
def set_password(email: Email) -> None:
    """Ask for a new password and set it. All sessions of the person end."""
    password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)

    async def work(database: Database) -> None:
        await resets.set_for(database, email=email, password=password)

    _run(work)
    typer.echo("The password is set.")


@app.command()
def reset_second_factor(email: Email) -> None:
    """Take away the authenticator, recovery codes and passkeys that somebody has lost."""

    async def work(database: Database) -> None:
        await second_factor.reset_for(database, email=email)

    _run(work)
    typer.echo(f"{email} signs in with the password alone now.")


@app.command()
def deactivate(email: Email, workspace: Workspace = None) -> None:
    """End a membership and its sessions. What the person wrote stays."""

    async def work(database: Database) -> None:
        async with database.begin(await _workspace(database, workspace, email), SYSTEM) as ctx:
            await members.change(ctx, (await _member(ctx, email)).id, is_active=False)

    _run(work)
    typer.echo(f"{email} cannot sign in any more.")


def _run(work: Work[T]) -> T:
    async def connected() -> T:
        database = open_database(bootstrap.with_running_database(Settings()))
        try:
            return await work(database)
        finally:
            await database.dispose()

    return asyncio.run(connected())


async def _workspace(database: Database, slug: str | None, email: str | None = None) -> UUID:
    return (await place_called(database, slug, email)).workspace_id


async def place_called(
    database: Database, slug: str | None, email: str | None = None
) -> lookups.Place:
    """The named workspace; unnamed, the person's only one, or the only one there is.

    Raises:
        NoSuchUser: nobody has this e-mail address.
        NoSuchWorkspace: none, or more than one, fits.
    """
    async with database.connect() as session:
        if email is not None:
            account = await lookups.account(session, email)
            if account is None:
                raise NoSuchUser
            places = await lookups.places(session, account.user_id)
        else:
            places = await lookups.workspaces(session)
    found = [place for place in places if slug in {None, place.slug}]
    if len(found) != 1:
        slugs = ", ".join(place.slug for place in places)
        raise NoSuchWorkspace(f"Name one workspace with --workspace: {slugs}")
    return found[0]


async def _member(ctx: Ctx, email: str) -> Member:
    member = await MembershipRepository(ctx).by_email(email)
    if member is None or not member.is_active:
        raise NoSuchUser
    return member


async def _link(ctx: Ctx, user_id: UUID) -> str:
    token = await sign_in.create_link(ctx, user_id, lifetime=sign_in.FIRST_RUN_LINK_LIFETIME)
    return links.sign_in(ctx.port(Settings), token)
