"""What a workspace sells: recurring issues are told apart by it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rapport.kernel.settings import workspace as workspace_settings

Product = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]


class Recurring(BaseModel):
    """How recurring issues are looked at."""

    model_config = ConfigDict(extra="forbid")

    products: list[Product] = Field(default_factory=list, max_length=500)
    """The names of products, found in opening questions also where a letter is wrong."""


workspace_settings.register("recurring", Recurring, needs="assistant.manage")
