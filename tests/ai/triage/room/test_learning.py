"""From what people correct to a model that reads the next message."""

from rapport.ai.triage import service
from rapport.ai.triage.labelling.adapter import KeptLabels
from rapport.ai.triage.ports import Models
from rapport.ai.triage.schemas import CorrectionIn, IntentIn
from rapport.ai.triage.training import jobs
from rapport.ai.triage.training import service as training
from rapport.ai.triage.training.adapter import ServingModels
from rapport.ai.triage.training.ports import Labels
from rapport.ai.triage.training.running import run
from tests.ai.triage.room.conftest import Desk
from tests.ai.triage.training.conftest import FRAMES, MATTERS


async def test_what_agents_correct_is_what_the_next_message_is_read_by(desk: Desk) -> None:
    desk.database.ports.provide(Labels, KeptLabels())
    desk.database.ports.provide(Models, ServingModels())
    async with desk.begin() as ctx:
        intents = {name: await service.create_intent(ctx, IntentIn(name=name)) for name in MATTERS}
    before = await desk.ask("hello, where is my parcel please")
    for name, words in MATTERS.items():
        for said in (frame.format(word) for word in words for frame in FRAMES):
            read = await desk.reading(await desk.ask(said))
            async with desk.begin() as ctx:
                right = CorrectionIn(intent_ids=[intents[name].id])
                await service.correct(ctx, read.message_id, right)

    async with desk.begin() as ctx:
        model = await jobs.begin(ctx)
    await run(desk.database, desk.workspace_id, model.id)
    async with desk.begin() as ctx:
        await training.promote(ctx, model.id)
    after = await desk.ask("good morning, my parcel does not come: where is it?")

    assert (await desk.reading(before)).intents == []
    read = await desk.reading(after)
    assert read.model_id == model.id
    assert (read.intents[0].intent_id, read.is_known) == (intents["parcel"].id, True)
    assert (await desk.state(after)).topic == "parcel"
    async with desk.begin() as ctx:
        told = await training.get(ctx, model.id)
    assert told.score is not None
    assert told.examples + told.score.count == 120
