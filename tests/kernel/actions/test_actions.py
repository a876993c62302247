import asyncio
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import text

from rapport.kernel.actions import (
    ActionNeedsApproval,
    ApprovalPolicy,
    KeyReused,
    Risk,
    UnknownAction,
    Verdict,
    action,
    perform,
    registered,
)
from rapport.kernel.actions.registry import Action
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden
from rapport.kernel.events import Event, emit
from rapport.kernel.ids import new_id
from tests.conftest import Begin


class Greeted(Event, name="testing.greeted"):
    """Somebody was greeted."""

    whom: str


class Greeting(BaseModel):
    """What was said, and the number of the deed."""

    words: str
    number: str


@action("testing.greet", permission="testing.greet", risk=Risk.REVERSIBLE)
async def greet(ctx: Ctx, whom: str, loudly: bool = False) -> Greeting:
    """Greet somebody by name, loudly when asked to; a greeting can be taken back."""
    await emit(ctx, Greeted(whom=whom))
    words = f"Hello {whom}"
    return Greeting(words=words.upper() if loudly else words, number=str(new_id()))


@action("testing.farewell", permission="testing.greet", risk=Risk.IRREVERSIBLE)
async def farewell(ctx: Ctx, whom: str) -> Greeting:
    """Say goodbye to somebody for ever."""
    return Greeting(words=f"Goodbye {whom}", number=str(new_id()))


async def greetings(ctx: Ctx) -> int:
    statement = text("SELECT count(*) FROM events WHERE name = 'testing.greeted'")
    return int(await ctx.session.scalar(statement) or 0)


async def test_an_action_checks_its_name_permission_and_arguments(ctx: Ctx) -> None:
    nobody = Ctx(ctx.session, ctx.workspace_id, Actor("assistant", new_id()), ctx.now, ctx.ports)

    with pytest.raises(UnknownAction):
        await perform(ctx, "testing.sing", {})
    with pytest.raises(Forbidden):
        await perform(nobody, "testing.greet", {"whom": "Ada"})
    with pytest.raises(ValidationError):
        await perform(ctx, "testing.greet", {"whom": "Ada", "how": "kindly"})
    done = await perform(ctx, "testing.greet", {"whom": "Ada", "loudly": True})

    assert isinstance(done, Greeting)
    assert done.words == "HELLO ADA"


async def test_the_same_key_answers_the_first_result_and_does_nothing_again(begin: Begin) -> None:
    async with begin() as work:
        first = await perform(work, "testing.greet", {"whom": "Ada"}, key="k1")
    async with begin() as work:
        second = await perform(work, "testing.greet", {"whom": "Ada"}, key="k1")
        other = await perform(work, "testing.greet", {"whom": "Ada"}, key="k2")

        assert second == first
        assert other != first
        assert await greetings(work) == 2


async def test_two_calls_at_once_with_one_key_are_done_once(begin: Begin) -> None:
    async def call() -> BaseModel:
        async with begin() as work:
            return await perform(work, "testing.greet", {"whom": "Ada"}, key="k")

    results = await asyncio.gather(*(call() for _ in range(5)))

    assert all(result == results[0] for result in results)
    async with begin() as work:
        assert await greetings(work) == 1


async def test_a_key_cannot_be_used_for_something_else(begin: Begin) -> None:
    async with begin() as work:
        await perform(work, "testing.greet", {"whom": "Ada"}, key="k")

    async with begin() as work:
        with pytest.raises(KeyReused):
            await perform(work, "testing.greet", {"whom": "Bob"}, key="k")


async def test_a_strangers_key_is_another_key(begin: Begin, stranger: UUID) -> None:
    async with begin() as work:
        first = await perform(work, "testing.greet", {"whom": "Ada"}, key="k")
    async with begin(workspace_id=stranger) as other:
        second = await perform(other, "testing.greet", {"whom": "Ada"}, key="k")

    assert first != second


async def test_machines_ask_before_what_cannot_be_undone(ctx: Ctx) -> None:
    assistant = Actor("assistant", new_id(), frozenset({"testing.greet"}))
    machine = Ctx(ctx.session, ctx.workspace_id, assistant, ctx.now, ctx.ports)

    with pytest.raises(ActionNeedsApproval):
        await perform(machine, "testing.farewell", {"whom": "Ada"})
    await perform(machine, "testing.greet", {"whom": "Ada"})
    await perform(ctx, "testing.farewell", {"whom": "Ada"})


class NobodyActs:
    async def decide(self, ctx: Ctx, action: Action, arguments: BaseModel) -> Verdict:
        return Verdict.ASK


async def test_a_workspace_policy_replaces_the_usual_one(database: Database, ctx: Ctx) -> None:
    database.ports.provide(ApprovalPolicy, NobodyActs())

    with pytest.raises(ActionNeedsApproval):
        await perform(ctx, "testing.greet", {"whom": "Ada"})


async def test_every_run_leaves_an_audit_record_without_the_words(begin: Begin) -> None:
    async with begin() as ctx:
        await perform(ctx, "testing.greet", {"whom": "Ada"})

    async with begin() as ctx:
        [deed] = await audit.page(ctx, audit.Wanted(), before=None, limit=9)
    assert (deed.verb, deed.subject) == ("action.performed", "action:testing.greet")
    assert deed.actor == str(ctx.actor)
    assert deed.details == {"arguments": {"whom": "(3 characters)", "loudly": False}}


def test_every_action_says_what_it_does() -> None:
    for registered_action in registered():
        assert len(registered_action.description) > 30, registered_action.name
        assert registered_action.arguments.model_json_schema()["properties"], registered_action.name
