"""Shelves of articles."""

from collections.abc import Sequence
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.knowledge.errors import CollectionInUse, CollectionNested, SlugTaken
from rapport.knowledge.events import CollectionChanged, CollectionDeleted
from rapport.knowledge.models import Collection
from rapport.knowledge.repository import CollectionRepository
from rapport.knowledge.schemas import CollectionIn, CollectionPatch
from rapport.knowledge.slugs import slugify, unused


async def list_collections(ctx: Ctx) -> Sequence[Collection]:
    """All collections, in the order of the shelves."""
    return await CollectionRepository(ctx).all()


async def get_collection(ctx: Ctx, collection_id: UUID) -> Collection:
    """One collection. Raises CollectionNotFound."""
    return await CollectionRepository(ctx).get(collection_id)


async def create_collection(ctx: Ctx, new: CollectionIn) -> Collection:
    """Put up a shelf, the last one unless a position is given.

    Raises:
        CollectionNotFound: the parent does not exist.
        SlugTaken: another collection has the slug.
    """
    collections = CollectionRepository(ctx)
    if new.parent_id is not None:
        await collections.get(new.parent_id)
    slug = new.slug
    if slug is None:
        stem = slugify(new.name)
        slug = unused(stem, await collections.slugs_like(stem))
    elif await collections.by_slug(slug):
        raise SlugTaken
    position = await collections.next_position() if new.position is None else new.position
    collection = await collections.add(
        name=new.name,
        slug=slug,
        description=new.description,
        parent_id=new.parent_id,
        position=position,
    )
    await emit(ctx, CollectionChanged(collection_id=collection.id))
    await _record(ctx, collection, "created")
    return collection


async def change_collection(ctx: Ctx, collection_id: UUID, patch: CollectionPatch) -> Collection:
    """Change the named fields. A patch that changes nothing announces nothing.

    Raises:
        CollectionNotFound: no such collection, or no such parent.
        CollectionNested: the parent is the collection itself or lies inside it.
        SlugTaken: another collection has the slug.
    """
    collections = CollectionRepository(ctx)
    collection = await collections.get(collection_id, lock=True)
    if patch.parent_id is not None:
        await _require_outside(collections, patch.parent_id, collection_id)
    changes = patch.changes("parent_id")
    if all(getattr(collection, name) == value for name, value in changes.items()):
        return collection
    for name, value in changes.items():
        setattr(collection, name, value)
    await collections.flush()
    await emit(ctx, CollectionChanged(collection_id=collection.id))
    await _record(ctx, collection, "changed", fields=sorted(changes))
    return collection


async def delete_collection(ctx: Ctx, collection_id: UUID) -> None:
    """Take down an empty shelf.

    Raises:
        CollectionNotFound: no such collection.
        CollectionInUse: it still holds something.
    """
    collections = CollectionRepository(ctx)
    collection = await collections.get(collection_id, lock=True)
    if await collections.is_in_use(collection_id):
        raise CollectionInUse
    await collections.remove(collection)
    await emit(ctx, CollectionDeleted(collection_id=collection_id))
    await _record(ctx, collection, "deleted")


async def _record(ctx: Ctx, collection: Collection, what: str, **details: object) -> None:
    await audit.record(
        ctx,
        f"collection.{what}",
        subject=f"collection:{collection.id}",
        name=collection.name,
        details=details,
    )


async def _require_outside(
    collections: CollectionRepository, parent_id: UUID, collection_id: UUID
) -> None:
    """Walk up from the new parent; meeting the collection on the way would be a circle."""
    above: UUID | None = parent_id
    while above is not None:
        if above == collection_id:
            raise CollectionNested
        above = (await collections.get(above)).parent_id
