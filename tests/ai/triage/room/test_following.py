"""An open console shows a reading as soon as it is there."""

from rapport.ai.triage import presenter, service
from rapport.ai.triage.models import Intent
from rapport.ai.triage.schemas import CorrectionIn, IntentPatch
from rapport.kernel.context import SYSTEM
from rapport.kernel.events import log
from rapport.kernel.realtime.presenters import Delivery, present
from tests.ai.triage.room.conftest import FIRE, Desk
from tests.conftest import Begin

NAMES = ("triage.message_read", "triage.reading_corrected", "triage.intent_changed")


async def told(desk: Desk, after: log.Cursor = log.BEGINNING) -> list[Delivery]:
    async with desk.database.begin(desk.workspace_id, SYSTEM) as ctx:
        return await present(ctx, await log.of_workspace(ctx, after, names=NAMES))


async def test_what_was_read_and_corrected_is_shown_on_the_conversation_as_it_is_now(
    desk: Desk, begin: Begin
) -> None:
    conversation = await desk.ask(FIRE)
    message_id = (await desk.reading(conversation)).message_id
    async with begin() as ctx:
        corrected = await service.correct(ctx, message_id, CorrectionIn(urgency="low"))

    deliveries = await told(desk)

    assert [it.topic for it in deliveries] == [f"conversation:{conversation.id}"] * 2
    assert [it.body for it in deliveries] == [{"reading": corrected}] * 2


async def test_intents_are_shown_to_the_whole_workspace(
    desk: Desk, begin: Begin, intents: dict[str, Intent]
) -> None:
    async with begin() as ctx:
        patch = IntentPatch(name="Delivery")
        await service.change_intent(ctx, intents["parcel"].id, patch)

    last = (await told(desk))[-1]

    assert last.topic == "workspace"
    assert last.body["intent"].name == "Delivery"


async def test_what_is_gone_is_not_shown(desk: Desk, begin: Begin) -> None:
    await desk.ask(FIRE)
    async with begin() as ctx:
        records = await log.of_workspace(ctx, log.BEGINNING, names=NAMES)
    async with begin() as ctx:
        for row in await desk.rows():
            await ctx.session.delete(row)

    async with begin() as ctx:
        assert await presenter.present(ctx, records) == []
