"""Settings of a workspace: each room registers a model under a key, with all its defaults."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, NotFound, Unprocessable
from rapport.kernel.events.catalogue import Event
from rapport.kernel.events.log import emit
from rapport.kernel.personal import Code
from rapport.kernel.settings.repository import SettingRepository

S = TypeVar("S", bound=BaseModel)
Check = Callable[[Ctx, S, S], Awaitable[None]]


class UnknownSettings(NotFound):
    """No room has settings under this key."""


class SettingsInvalid(Unprocessable):
    """These settings do not fit."""


class SettingsChanged(Event, name="settings.changed"):
    """A workspace chose other values under this key; its name is under the key `workspace`."""

    workspace_id: UUID
    key: Code


class General(BaseModel):
    """What concerns the whole workspace."""

    model_config = ConfigDict(extra="forbid")

    locale: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
    """The language of people who have chosen none."""
    timezone: str = Field("UTC", min_length=1, max_length=64)
    """An IANA name, e.g. Europe/Berlin."""


_by_key: dict[str, type[BaseModel]] = {}
_by_model: dict[type[BaseModel], str] = {}
_needs: dict[str, str] = {}
_checks: dict[type[BaseModel], Check[Any]] = {}


def register(
    key: str, model: type[S], *, needs: str | None = None, check: Check[S] | None = None
) -> type[S]:
    """Keep a room's settings under `key`. Every field needs a default; unknown ones are refused.

    Whoever changes them by key also needs the permission `needs`, if there is one. `check` gets
    the values before and after a change, and raises what is against it.

    Raises:
        ValueError: another model has the key, or a field has no default.
    """
    known = _by_key.get(key)
    if known is not None and known.__qualname__ != model.__qualname__:
        raise ValueError(f"Two models want the settings key {key!r}.")
    model.model_validate({})
    _by_key[key], _by_model[model] = model, key
    if needs is not None:
        _needs[key] = needs
    if check is not None:
        _checks[model] = check
    return model


register("general", General)


async def get(ctx: Ctx, model: type[S]) -> S:
    """The workspace's settings of one room; what was never chosen has its default."""
    stored = await SettingRepository(ctx).find(_by_model[model])
    return _tolerant(model, stored)


async def everything(ctx: Ctx) -> dict[str, dict[str, Any]]:
    """All settings of the workspace, by key, as JSON."""
    stored = await SettingRepository(ctx).everything()
    return {
        key: _tolerant(model, stored.get(key, {})).model_dump(mode="json")
        for key, model in sorted(_by_key.items())
    }


async def update(ctx: Ctx, model: type[S], patch: dict[str, Any]) -> S:
    """Change the named fields and announce it; a patch that changes nothing announces nothing.

    Raises:
        SettingsInvalid: a field is unknown or its value does not fit.
        RapportError: what the room's own check raises.
    """
    key = _by_model[model]
    settings = SettingRepository(ctx)
    before = _tolerant(model, await settings.find(key, lock=True))
    try:
        after = model.model_validate({**before.model_dump(), **patch})
    except ValidationError as error:
        raise SettingsInvalid(_told(key, error)) from error
    if after == before:
        return after
    if model in _checks:
        await _checks[model](ctx, before, after)
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    await settings.save(key, new)
    await emit(ctx, SettingsChanged(workspace_id=ctx.workspace_id, key=key))
    await audit.record(
        ctx,
        "settings.changed",
        subject=f"settings:{key}",
        details=audit.changes(old, new, sorted(new)),
    )
    return after


async def update_by_key(ctx: Ctx, key: str, patch: dict[str, Any]) -> None:
    """Change settings named by their key.

    Raises:
        UnknownSettings: no room registered it.
        SettingsInvalid: a field is unknown or its value does not fit.
        Forbidden: the actor lacks the permission that these settings need.
    """
    model = _by_key.get(key)
    if model is None:
        raise UnknownSettings(f"There are no settings called {key!r}.")
    needed = _needs.get(key)
    if needed is not None and needed not in ctx.actor.permissions:
        raise Forbidden(f"This needs the permission {needed!r}.")
    await update(ctx, model, patch)


def _tolerant(model: type[S], stored: dict[str, Any]) -> S:
    """The stored values that still fit; a field that was removed or narrowed since is dropped."""
    known = {name: value for name, value in stored.items() if name in model.model_fields}
    try:
        return model.model_validate(known)
    except ValidationError as error:
        bad = {e["loc"][0] for e in error.errors() if e["loc"]}
        try:
            return model.model_validate({n: v for n, v in known.items() if n not in bad})
        except ValidationError:
            return model.model_validate({})


def _told(key: str, error: ValidationError) -> str:
    return "; ".join(
        f"{key}.{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()
    )
