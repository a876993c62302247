from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.settings import workspace as settings
from rapport.kernel.settings.workspace import General, SettingsInvalid, UnknownSettings
from tests.conftest import Begin


class Teapot(BaseModel):
    """Settings of a room that only tests have."""

    model_config = ConfigDict(extra="forbid")

    cups: int = Field(4, ge=1, le=12)
    lid: bool = True


settings.register("testing-teapot", Teapot)


async def test_what_was_never_chosen_has_its_default(ctx: Ctx) -> None:
    assert await settings.get(ctx, Teapot) == Teapot()


async def test_a_patch_changes_only_what_it_names(begin: Begin) -> None:
    async with begin() as ctx:
        await settings.update(ctx, Teapot, {"cups": 6})
        await settings.update(ctx, Teapot, {"lid": False})

    async with begin() as ctx:
        assert await settings.get(ctx, Teapot) == Teapot(cups=6, lid=False)
        assert (await settings.everything(ctx))["testing-teapot"] == {"cups": 6, "lid": False}


@pytest.mark.parametrize("patch", [{"cups": 99}, {"handle": True}, {"cups": None}])
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    ctx: Ctx, patch: dict[str, object]
) -> None:
    with pytest.raises(SettingsInvalid, match="testing-teapot"):
        await settings.update(ctx, Teapot, patch)

    assert await settings.get(ctx, Teapot) == Teapot()


async def test_a_change_is_announced_and_audited_and_no_change_is_not(begin: Begin) -> None:
    async with begin() as ctx:
        await settings.update(ctx, Teapot, {"cups": 6})
        await settings.update(ctx, Teapot, {"cups": 6})

    async with begin() as ctx:
        events = await ctx.session.scalars(text("SELECT payload->>'key' FROM events"))
        deeds = await audit.page(ctx, audit.Wanted(), before=None, limit=9)
        assert list(events) == ["testing-teapot"]
        assert [deed.details for deed in deeds] == [{"cups": [4, 6]}]


async def test_a_stored_value_that_no_longer_fits_falls_back_to_its_default(
    ctx: Ctx, workspace: UUID
) -> None:
    await ctx.session.execute(
        text(
            "INSERT INTO workspace_settings (workspace_id, key, value, updated_at) "
            """VALUES (:w, 'testing-teapot', '{"cups": 500, "spout": 1, "lid": false}', now())"""
        ),
        {"w": workspace},
    )

    assert await settings.get(ctx, Teapot) == Teapot(lid=False)


async def test_unknown_settings_are_refused(ctx: Ctx) -> None:
    with pytest.raises(UnknownSettings):
        await settings.update_by_key(ctx, "nothing", {})


async def test_a_stranger_keeps_their_own_settings(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        await settings.update(ctx, General, {"locale": "de"})

    async with begin(workspace_id=stranger) as ctx:
        assert (await settings.get(ctx, General)).locale == "en"


def test_two_rooms_cannot_share_a_key() -> None:
    class Other(BaseModel):
        pass

    with pytest.raises(ValueError, match="testing-teapot"):
        settings.register("testing-teapot", Other)
