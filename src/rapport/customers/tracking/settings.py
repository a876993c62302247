"""What may be kept of what people do on the workspace's own pages."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rapport.customers.permissions import MANAGE
from rapport.kernel.settings import workspace as workspace_settings


class Tracking(BaseModel):
    """Which pages somebody looks at."""

    model_config = ConfigDict(extra="forbid")

    pages: Literal["consented", "always"] = "consented"
    """Keep page visits of those who allowed `page_visits` or `analytics`, or of everybody."""


workspace_settings.register("tracking", Tracking, needs=MANAGE)
