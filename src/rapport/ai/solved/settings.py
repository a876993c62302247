"""Whether, and which, solved conversations answer others' questions."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from rapport.kernel.settings.workspace import register

KEY: Final = "solved_conversations"


Inboxes = Annotated[
    list[UUID],
    Field(
        max_length=500,
        description="Whose conversations are used; of none where the list is empty.",
    ),
]
Audience = Annotated[
    Literal["internal", "customers"],
    Field(
        description="`internal`: for those who work here alone; `customers`: the assistant may "
        "also answer customers from them."
    ),
]
Days = Annotated[
    int,
    Field(ge=1, le=365, description="Days for which a conversation must have stayed resolved."),
]
Reviewed = Annotated[bool, Field(description="Whether an agent looks at each before it is used.")]
Most = Annotated[
    int,
    Field(ge=10, le=5_000, description="So many are kept; newer ones replace the oldest."),
]


class SolvedSettings(BaseModel):
    """Off until an administrator switches it on."""

    model_config = ConfigDict(extra="forbid")

    is_on: bool = False
    inbox_ids: Inboxes = []
    audience: Audience = "internal"
    after_days: Days = 14
    is_reviewed: Reviewed = True
    most: Most = 1_000


register(KEY, SolvedSettings, needs="assistant.manage")
