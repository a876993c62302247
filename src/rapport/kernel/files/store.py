"""Where the bytes of files lie: a folder, or any object storage that obstore speaks to."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url
from pydantic import SecretStr

from rapport.kernel.errors import Unreachable
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.settings.process import Settings

if TYPE_CHECKING:  # they are there for type checkers only
    from obstore.store import ClientConfig, RetryConfig, S3Config

PIECE_BYTES: Final = 5 * 1024 * 1024
"""The smallest part that S3 takes of an object in several parts."""

_ANSWERS: "ClientConfig" = {"connect_timeout": "5s", "timeout": "60s"}
_AGAIN: "RetryConfig" = {"max_retries": 4, "retry_timeout": timedelta(seconds=15)}
"""Whoever waits for a file is told within a quarter of a minute that the storage is away."""


@dataclass(frozen=True, slots=True)
class S3:
    """How to get into an S3 that is not the one of the machine's own AWS role."""

    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None

    @classmethod
    def of(cls, settings: Settings) -> "S3":
        """What the settings say."""
        return cls(
            settings.s3_endpoint,
            settings.s3_region,
            settings.s3_access_key,
            settings.s3_secret_key,
        )

    @property
    def config(self) -> "S3Config":
        """In obstore's words."""
        config: S3Config = {"region": self.region}
        if self.endpoint:
            config["endpoint"] = self.endpoint
        if self.access_key and self.secret_key:
            config["access_key_id"] = self.access_key.get_secret_value()
            config["secret_access_key"] = self.secret_key.get_secret_value()
        return config


class FileStore:
    """Keeps bytes under names made of a workspace and a file. Nothing here knows who may read."""

    def __init__(self, objects: ObjectStore, folder: Path | None = None) -> None:
        """Use `objects`, which tests replace by one in memory; `folder` is where they lie here."""
        self._objects = objects
        self._folder = folder

    @classmethod
    def at(cls, url: str | None, folder: Path, s3: S3 | None = None) -> "FileStore":
        """The store at `url`; without one `folder`, which is made, and closed to other accounts.

        `s3` says how to get into one at s3://…; without it the AWS variables and roles of the
        machine decide.
        """
        if url and url.startswith("s3:"):
            config = (s3 or S3()).config
            options = _ANSWERS | {"allow_http": config.get("endpoint", "").startswith("http:")}
            return cls(from_url(url, config=config, client_options=options, retry_config=_AGAIN))
        if url:
            return cls(from_url(url))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            with contextlib.suppress(PermissionError):  # it is somebody else's to close
                folder.chmod(0o700)
        folder = folder.resolve()
        return cls(LocalStore(folder, automatic_cleanup=True), folder)

    async def put(self, path: str, content: bytes, *, is_durable: bool = False) -> None:
        """Keep `content`; an object of this name is replaced as a whole, or not at all.

        With `is_durable` it survives a power failure from then on, which takes milliseconds longer.

        Raises:
            Unreachable: the storage did not take it.
        """
        try:
            await obstore.put_async(self._objects, path, content)
            if is_durable and self._folder is not None:
                await asyncio.to_thread(_sync, self._folder / path)
        except (BaseError, OSError) as error:
            raise Unreachable("The file storage did not take the file.") from error

    async def put_pieces(self, path: str, pieces: AsyncIterator[bytes]) -> int:
        """Keep what comes piece by piece, holding a few megabytes of it at a time; how long it was.

        What breaks off is not kept; an error of `pieces` is passed on.

        Raises:
            Unreachable: the storage did not take it.
        """
        size = 0
        try:
            writer = obstore.open_writer_async(
                self._objects, path, buffer_size=PIECE_BYTES, max_concurrency=2
            )
            async for piece in pieces:
                await writer.write(piece)
                size += len(piece)
            await writer.close()
        except (BaseError, OSError) as error:
            raise Unreachable("The file storage did not take the file.") from error
        return size

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Begin to read, and return the bytes piece by piece.

        Raises:
            FileNotFound: nothing lies there.
            Unreachable: the storage did not answer.
        """
        try:
            found = await obstore.get_async(self._objects, path)
        except FileNotFoundError:
            raise FileNotFound from None
        except (BaseError, OSError) as error:
            raise Unreachable("The file storage did not answer.") from error

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=256 * 1024):
                yield bytes(piece)

        return pieces()

    async def delete(self, *paths: str) -> None:
        """Forget objects; those that are not there are passed over.

        Raises:
            Unreachable: the storage did not answer.
        """
        for path in paths:
            try:
                await obstore.delete_async(self._objects, path)
            except FileNotFoundError:
                continue
            except (BaseError, OSError) as error:
                raise Unreachable("The file storage did not answer.") from error


def _sync(path: Path) -> None:
    """Have the disk keep a file and its name."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def path_of(workspace_id: UUID, file_id: UUID, *, preview: bool = False) -> str:
    """Where a file lies. Spread over folders, because some file systems dislike large ones."""
    return f"{workspace_id}/{file_id.hex[-2:]}/{file_id}{'.preview' if preview else ''}"
