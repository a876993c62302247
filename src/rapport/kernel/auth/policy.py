"""What a workspace asks of everybody who signs in."""

from pydantic import BaseModel, ConfigDict

from rapport.kernel.context import Ctx
from rapport.kernel.settings import workspace as workspace_settings


class SignInPolicy(BaseModel):
    """How people sign in here; owners decide."""

    model_config = ConfigDict(extra="forbid")

    require_second_factor: bool = False
    """Members without one set it up at their next sign-in, before anything else."""


workspace_settings.register("sign_in", SignInPolicy, needs="sign_in.manage")


async def is_second_factor_required(ctx: Ctx) -> bool:
    """Whether members need a second factor in this workspace."""
    return (await workspace_settings.get(ctx, SignInPolicy)).require_second_factor
