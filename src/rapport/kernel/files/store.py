"""Where the bytes of files lie: a folder, or any object storage that obstore speaks to."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from rapport.kernel.errors import Unreachable
from rapport.kernel.files.errors import FileNotFound


class FileStore:
    """Keeps bytes under names made of a workspace and a file. Nothing here knows who may read."""

    def __init__(self, objects: ObjectStore) -> None:
        """Use `objects`, which tests replace by one in memory."""
        self._objects = objects

    @classmethod
    def at(cls, url: str | None, folder: Path) -> "FileStore":
        """The store behind an obstore URL, or `folder`, which is made when there is none."""
        if url:
            return cls(from_url(url))
        folder.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(folder.resolve(), automatic_cleanup=True))

    async def put(self, path: str, content: bytes) -> None:
        """Keep `content`; an object of this name is replaced as a whole, or not at all.

        Raises:
            Unreachable: the storage did not take it.
        """
        try:
            await obstore.put_async(self._objects, path, content)
        except (BaseError, OSError) as error:
            raise Unreachable("The file storage did not take the file.") from error

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


def path_of(workspace_id: UUID, file_id: UUID, *, preview: bool = False) -> str:
    """Where a file lies. Spread over folders, because some file systems dislike large ones."""
    return f"{workspace_id}/{file_id.hex[-2:]}/{file_id}{'.preview' if preview else ''}"
