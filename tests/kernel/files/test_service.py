import pytest

from rapport.kernel.context import Actor
from rapport.kernel.errors import RapportError
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileNotFound, FileTooLarge
from rapport.kernel.files.store import FileStore, path_of
from rapport.kernel.ids import new_id
from tests.conftest import Begin, Clock
from tests.make.files import picture, upload


async def test_a_file_belongs_to_nothing_until_it_is_attached(begin: Begin) -> None:
    owner = new_id()
    async with begin() as ctx:
        file = await files.store(ctx, upload())
        assert file.status == "uploaded"

        await files.attach(ctx, [file.id], "message", owner)
        await files.attach(ctx, [file.id], "message", owner)
        await ctx.session.refresh(file)

    assert (file.status, file.owner_id) == ("attached", owner)


async def test_nobody_attaches_what_another_uploaded(begin: Begin) -> None:
    ada, eve = Actor("customer", new_id()), Actor("customer", new_id())
    async with begin(ada) as ctx:
        file = await files.store(ctx, upload())

    async with begin(eve) as ctx:
        with pytest.raises(FileNotFound):
            await files.attach(ctx, [file.id], "message", new_id())


async def test_a_file_is_attached_once(begin: Begin) -> None:
    async with begin() as ctx:
        file = await files.store(ctx, upload())
        await files.attach(ctx, [file.id], "message", new_id())

        with pytest.raises(FileNotFound):
            await files.attach(ctx, [file.id], "message", new_id())


async def test_a_strangers_workspace_sees_no_file(begin: Begin, stranger: object) -> None:
    async with begin() as ctx:
        file = await files.store(ctx, upload())

    async with begin(None, stranger) as ctx:
        assert await files.describe_many(ctx, [file.id]) == {}
        with pytest.raises(FileNotFound):
            await files.attach(ctx, [file.id], "message", new_id())


async def test_links_are_equal_within_the_hour(begin: Begin, clock: Clock) -> None:
    async with begin() as ctx:
        file = await files.store(ctx, upload("a.png", picture()))
        first = files.describe(ctx, file)
        clock.forward(minutes=30)
        assert files.describe(ctx, file) == first
        clock.forward(minutes=31)
        assert files.describe(ctx, file).url != first.url


async def test_what_is_too_large_is_refused_before_anything_is_kept(begin: Begin) -> None:
    with pytest.raises(FileTooLarge):
        await files.prepare(upload(content=b"x" * 11), max_bytes=10)


async def test_what_nobody_sent_is_swept_away_after_a_day(
    begin: Begin, clock: Clock, store: FileStore
) -> None:
    async with begin() as ctx:
        unsent = await files.store(ctx, upload("a.png", picture(size=(900, 900))))
        sent = await files.store(ctx, upload())
        await files.attach(ctx, [sent.id], "message", new_id())
    clock.forward(hours=25)

    async with begin() as ctx:
        assert await files.sweep(ctx) == [unsent.id]

    async with begin() as ctx:
        assert set(await files.describe_many(ctx, [unsent.id, sent.id])) == {sent.id}
        await store.read(path_of(ctx.workspace_id, sent.id))
        with pytest.raises(RapportError):
            await store.read(path_of(ctx.workspace_id, unsent.id))
