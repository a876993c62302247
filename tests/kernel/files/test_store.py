"""The same promises wherever the bytes lie: in a folder or in an S3."""

import os
import re
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import obstore
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from rapport.kernel.errors import Unreachable
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.store import S3, FileStore, path_of
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings


def at(endpoint: str) -> S3:
    return S3(endpoint, access_key=SecretStr("an-id"), secret_key=SecretStr("a-secret"))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3 with a bucket, by moto's server over real HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.put(f"http://{host}:{port}/desk", timeout=30).raise_for_status()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "folder":
        return FileStore.at(None, tmp_path / "files")
    endpoint: str = request.getfixturevalue("endpoint")
    return FileStore.at("s3://desk/files", tmp_path, at(endpoint))


@pytest.fixture
def path() -> str:
    return path_of(UUID(int=1), new_id())


async def read(store: FileStore, path: str) -> bytes:
    return b"".join([piece async for piece in await store.read(path)])


def test_a_folder_of_files_is_closed_to_other_accounts(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)

    for name in ("new", "open"):
        FileStore.at(None, tmp_path / name)

        assert (tmp_path / name).stat().st_mode & 0o077 == 0


async def test_what_was_put_comes_back(store: FileStore, path: str) -> None:
    await store.put(path, b"a picture")

    assert await read(store, path) == b"a picture"


async def test_putting_again_replaces_the_whole(store: FileStore, path: str) -> None:
    await store.put(path, b"a long first version")
    await store.put(path, b"short")

    assert await read(store, path) == b"short"


async def test_a_large_file_goes_in_several_parts_and_comes_back_piece_by_piece(
    store: FileStore, path: str
) -> None:
    content = os.urandom(1_000_003) * 12  # more than two of S3's smallest parts

    await store.put(path, content)

    pieces = [piece async for piece in await store.read(path)]
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) < len(content)


async def test_only_what_is_large_goes_to_s3_in_parts(
    endpoint: str, path: str, tmp_path: Path
) -> None:
    store = FileStore.at("s3://desk/files", tmp_path, at(endpoint))
    other = path_of(UUID(int=1), new_id())
    await store.put(path, bytes(12_000_000))
    await store.put(other, b"small")

    found = [await obstore.head_async(store._objects, one) for one in (path, other)]
    parts = [(one["e_tag"] or "").strip('"').partition("-")[2] for one in found]
    assert parts == ["3", ""], "S3 says in the tag of an object how many parts it came in."


async def test_what_comes_piece_by_piece_is_kept_whole(store: FileStore, path: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(7):
            yield bytes([number]) * 1_000_000

    assert await store.put_pieces(path, pieces()) == 7_000_000

    assert await read(store, path) == b"".join([piece async for piece in pieces()])


async def test_what_is_deleted_is_gone_and_deleting_twice_is_harmless(
    store: FileStore, path: str
) -> None:
    other = path_of(UUID(int=1), new_id())
    await store.put(path, b"one")
    await store.put(other, b"two")

    await store.delete(path, other)
    await store.delete(path, other)

    for gone in (path, other):
        with pytest.raises(FileNotFound):
            await store.read(gone)


async def test_workspaces_lie_apart(store: FileStore) -> None:
    file_id = new_id()
    await store.put(path_of(UUID(int=1), file_id), b"ours")

    with pytest.raises(FileNotFound):
        await store.read(path_of(UUID(int=2), file_id))


async def test_a_storage_that_is_away_is_named_as_such_in_time(path: str, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = at(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        store = FileStore.at("s3://desk/files", tmp_path, away)
        for attempt in (store.put(path, b"x"), store.read(path), store.delete(path)):
            with pytest.raises(Unreachable):
                await attempt


def test_the_settings_say_how_to_get_in(endpoint: str) -> None:
    settings = Settings(s3_endpoint=endpoint, s3_region="eu-central-1", s3_access_key="an-id")
    settings.s3_secret_key = SecretStr("a-secret")

    assert S3.of(settings).config == {
        "endpoint": endpoint,
        "region": "eu-central-1",
        "access_key_id": "an-id",
        "secret_access_key": "a-secret",
    }
    assert "a-secret" not in repr(S3.of(settings))
    assert not re.search("key", str(S3().config)), "Without keys the machine's own role decides."
