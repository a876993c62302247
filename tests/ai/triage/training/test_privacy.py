"""No model holds what one customer alone said, and who is erased is taken out of all of them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from rapport.ai.triage.intents.model import Model, read
from rapport.ai.triage.training import jobs, privacy, service
from rapport.ai.triage.training.gathering import HELD_BACK, key_of
from rapport.ai.triage.training.ports import Example, Labels
from rapport.ai.triage.training.repository import TrainedModelRepository, VectorRepository
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.personal import rooms
from tests.ai.triage.training.conftest import School, Taught, example, intent
from tests.conftest import Begin

ROOM = "triage_models"
assert privacy.__name__  # importing it lets the room take part


async def erase(begin: Begin, *things: UUID | None) -> None:
    """Forget things as an erasure does: until nothing is left."""
    known = frozenset(thing for thing in things if thing is not None)
    done = True
    while done:
        async with begin() as ctx:
            done = bool(await rooms.known[ROOM].erase(ctx, known))


async def model_of(begin: Begin, model_id: UUID) -> Model:
    async with begin() as ctx:
        content = await TrainedModelRepository(ctx).content(model_id)
    assert content is not None
    return read(content)


def learned(text: str, *names: str) -> Example:
    """An example that is not held back."""
    assert key_of(text)[0] >= HELD_BACK
    return example(text, *names)


async def test_what_one_customer_alone_wrote_is_no_feature(school: School, begin: Begin) -> None:
    school.taught.all_matters()
    chatty, customer = new_id(), example("", "parcel").customer_id
    school.taught.known += [
        Example(f"parcel xylophonist {n}", (intent("parcel"),), "queue", customer, chatty)
        for n in range(20)
    ]
    school.taught.known += [learned("refund for the trombone", "refund") for _ in range(2)]
    school.taught.known.append(Example("about invoices", (intent("refund"),), "typed"))

    made = await school.train()

    model = await model_of(begin, made.id)
    assert "xylophonist" not in model.words.places
    assert not [piece for piece in model.pieces.places if "xyl" in piece]
    assert {"parcel", "trombone", "invoices"} <= model.words.places.keys()


async def test_who_is_erased_is_taken_out_of_every_model_and_the_next_is_due(
    school: School, database: Database, begin: Begin
) -> None:
    school.taught.all_matters()
    gone = learned("parcel from the balcony", "parcel")
    school.taught.known.append(gone)
    database.ports.provide(Embedder, FakeEmbedder())
    made = await school.train()
    async with begin() as ctx:
        await service.promote(ctx, made.id)
    before = await model_of(begin, made.id)
    school.taught.known.remove(gone)
    async with begin() as ctx:
        assert not await due_by_erasure(ctx)

    await erase(begin, gone.customer_id, gone.conversation_id)

    after = await model_of(begin, made.id)
    assert before.memory is not None
    assert after.memory is not None
    assert len(before.memory.vectors) - len(after.memory.vectors) == 1
    async with begin() as ctx:
        assert gone.conversation_id not in await TrainedModelRepository(ctx).sources(made.id)
        assert await VectorRepository(ctx).forget({gone.conversation_id or new_id()}) == 0
        assert await due_by_erasure(ctx)
    assert (await school.see(made.id)).state == "serving"
    assert after.guess(["where is my parcel"])[0].intent == str(intent("parcel"))


async def due_by_erasure(ctx: Ctx) -> bool:
    """Whether a training is due although no label came."""
    ctx.ports.provide(Labels, Taught())
    return await jobs.is_due(ctx)


async def test_who_is_erased_while_a_model_learns_is_not_in_it(
    school: School, database: Database, begin: Begin
) -> None:
    school.taught.all_matters()
    gone = learned("parcel from the balcony", "parcel")
    school.taught.known.insert(0, gone)

    class Erasing(FakeEmbedder):
        async def embed(self, texts, **how):  # type: ignore[no-untyped-def]
            found = await super().embed(texts, **how)
            await erase(begin, gone.conversation_id)
            return found

    database.ports.provide(Embedder, Erasing())

    made = await school.train()

    model = await model_of(begin, made.id)
    assert model.memory is not None
    assert model.memory.sources is not None
    assert gone.conversation_id is not None
    assert gone.conversation_id.bytes not in {one.tobytes() for one in model.memory.sources}
    async with begin() as ctx:
        assert await VectorRepository(ctx).forget({gone.conversation_id}) == 0
    assert made.forgot_at is not None


@dataclass
class Gathering(Taught):
    """Labels of which one goes while they are gathered."""

    begin: Begin | None = None
    gone: Example | None = None

    async def examples(self, ctx: Ctx) -> AsyncIterator[Sequence[Example]]:
        async for some in super().examples(ctx):
            yield list(some)
        if self.gone is not None and self.begin is not None:
            gone, self.gone = self.gone, None
            self.known.remove(gone)
            await erase(self.begin, gone.conversation_id)


async def test_who_is_erased_while_examples_are_gathered_is_not_learned(
    school: School, database: Database, begin: Begin
) -> None:
    gone = learned("parcel from the balcony", "parcel")
    labels = Gathering(begin=begin, gone=gone)
    labels.all_matters()
    labels.known.append(gone)
    database.ports.provide(Labels, labels)

    made = await school.train()

    assert made.examples + (made.figures.count if made.figures else 0) == 120
    async with begin() as ctx:
        assert gone.conversation_id not in await TrainedModelRepository(ctx).sources(made.id)
