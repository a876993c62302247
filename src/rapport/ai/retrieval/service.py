"""What dialogues are about, by the names of the knowledge base.

A question like "And do they have parking?" can be answered only by whoever knows of whom it speaks.
The subject is read from the dialogue anew each time, so there is no state that could be lost. The
index of names is made once and kept until a name changes.
"""

from collections import OrderedDict
from typing import Final
from uuid import UUID

from rapport.ai.retrieval.index import Index
from rapport.kernel.context import Ctx
from rapport.knowledge import service as knowledge

_KEPT: Final = 64
_indexes: "OrderedDict[UUID, tuple[str, Index]]" = OrderedDict()
"""By workspace, with the state of the names of which each was made."""


async def index(ctx: Ctx) -> Index:
    """The names of `ctx`'s workspace as they are now."""
    state = await knowledge.names_state(ctx)
    known = _indexes.pop(ctx.workspace_id, None)
    if known is None or known[0] != state:
        titles = await knowledge.titles(ctx)
        known = (state, Index(await knowledge.list_collections(ctx), titles))
    _indexes[ctx.workspace_id] = known
    while len(_indexes) > _KEPT:
        _indexes.popitem(last=False)
    return known[1]
