from datetime import timedelta
from typing import Any

import pytest

from rapport.conversations import actions  # noqa: F401 - registers them
from rapport.conversations import service as conversations
from rapport.conversations.desk import service as desk
from rapport.kernel.actions import perform, registered
from rapport.kernel.auth.roles import Role
from rapport.kernel.errors import Forbidden
from tests.conftest import Begin
from tests.make.conversations import make_agent, make_conversation

OURS = [it.name for it in registered() if it.name.startswith("conversations.")]


async def test_actions_do_what_the_desk_does(begin: Begin) -> None:
    async with begin() as ctx:
        me, talk = await make_agent(ctx), await make_conversation(ctx)
        tag = await desk.create_tag(ctx, name="Returns")
    at: dict[str, Any] = {"conversation_id": talk.id}
    async with begin(actor=me) as ctx:
        until = ctx.now() + timedelta(hours=1)
        asked: list[tuple[str, dict[str, Any]]] = [
            ("conversations.assign", {"assignee_id": me.id}),
            ("conversations.add_note", {"body": "Ask Bob"}),
            ("conversations.reply", {"body": "On its way"}),
            ("conversations.tag", {"tag_ids": [tag.id]}),
            ("conversations.prioritise", {"priority": "high"}),
            ("conversations.snooze", {"until": until}),
            ("conversations.resolve", {}),
        ]
        for name, arguments in asked:
            await perform(ctx, name, {**at, **arguments})

        state = await conversations.state(ctx, talk.id)

    assert sorted(name for name, _ in asked) == OURS
    assert (state.assignee_id, state.tag_ids) == (me.id, [tag.id])
    assert (state.priority, state.status, state.last_seq) == ("high", "resolved", 3)


@pytest.mark.parametrize("name", [name for name in OURS if name != "conversations.add_note"])
async def test_light_agents_perform_no_action_but_notes(begin: Begin, name: str) -> None:
    async with begin() as ctx:
        light = await make_agent(ctx, role=Role.LIGHT_AGENT)
    async with begin(actor=light) as ctx:
        with pytest.raises(Forbidden):
            await perform(ctx, name, {})
