"""Whether customers who are surely one person are merged without being asked."""

from pydantic import BaseModel, ConfigDict, Field

from rapport.customers.permissions import MANAGE
from rapport.kernel.settings import workspace as workspace_settings


class Duplicates(BaseModel):
    """What is done about likely duplicates."""

    model_config = ConfigDict(extra="forbid")

    automatic: bool = False
    """Merge two customers when a key that was proved for both is equal; it can be undone."""
    threshold: float = Field(0.9, ge=0.8, le=1)
    """How likely it must be that they are one person."""


workspace_settings.register("duplicates", Duplicates, needs=MANAGE)
