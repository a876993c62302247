"""Setting up a workspace's language models and trying them out."""

import asyncio
import time
from typing import Final

from rapport.inference.errors import CurrencyNeeded, ModelAddressPlain, ModelKeyNeeded
from rapport.inference.gateway.endpoints import Connector, Endpoint, Protocol
from rapport.inference.gateway.limits import ModelLimits
from rapport.inference.gateway.models import ConfiguredModel
from rapport.inference.gateway.repository import ConfiguredModelRepository
from rapport.inference.gateway.schemas import (
    LimitsOut,
    ModelIn,
    ModelOut,
    ModelsIn,
    ModelsOut,
    ModelTrialOut,
)
from rapport.inference.gateway.spending import calls, so_far, spent, usage
from rapport.inference.ports import ChatMessage, ChatReply
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.kernel.secrets import service as secrets
from rapport.kernel.settings import workspace as workspace_settings
from rapport.kernel.settings.process import Settings

__all__ = ["calls", "configure", "configured", "endpoints", "spent", "try_out", "usage"]

_KEY: Final = "inference.model_key"
_TRIAL_S: Final = 20
_TRIAL_TOKENS: Final = 16
_SHOWN_CHARS: Final = 200
_TOLD: Final = ("protocol", "base_url", "model", "input_price", "output_price")


async def endpoints(ctx: Ctx) -> list[Endpoint]:
    """The workspace's models in the order in which they are asked, with their keys.

    Raises:
        SecretUnreadable, KeyMissing: see `kernel.secrets`.
    """
    return [await _endpoint(ctx, row) for row in await ConfiguredModelRepository(ctx).all()]


async def configured(ctx: Ctx) -> ModelsOut:
    """What is set up."""
    limits = await workspace_settings.get(ctx, ModelLimits)
    settings = ctx.port(Settings)
    return ModelsOut(
        models=[_told(row) for row in await ConfiguredModelRepository(ctx).all()],
        limits=LimitsOut.model_validate(limits),
        spent=await so_far(ctx),
        has_default=bool(settings.chat_base_url and settings.chat_model),
    )


async def configure(ctx: Ctx, wanted: ModelsIn) -> ModelsOut:
    """Use these models in this order, and no others, within these limits.

    Raises:
        ModelKeyNeeded: a model with a kept key has another address now.
        ModelAddressPlain: a model that is not the administrator's own is not reached by https.
        SettingsInvalid: a limit does not fit.
        CurrencyNeeded: something costs money, in no currency.
        CurrencyInUse: costs that are remembered were counted in another currency.
    """
    repository = ConfiguredModelRepository(ctx)
    before = {row.id: row for row in await repository.all()}
    was = [_plain(row) for row in before.values()]
    rows: list[ConfiguredModel] = []
    for position, model in enumerate(wanted.models):
        row = await _laid(ctx, before.get(model.id) if model.id else None, model, position)
        rows.append(row)
    await repository.keep_only([row.id for row in rows])
    await ctx.session.flush()
    now, has_new_key = [_plain(row) for row in rows], any(m.api_key for m in wanted.models)
    if was != now or has_new_key:
        details: dict[str, object] = {"models": [was, now], "new_keys": has_new_key}
        await audit.record(ctx, "models.configured", subject="models:chat", details=details)
    limits = wanted.limits.model_dump()
    if wanted.limits.currency is None:
        del limits["currency"]
    settings = await workspace_settings.update(ctx, ModelLimits, limits)
    if settings.currency is None and any(row.input_price or row.output_price for row in rows):
        raise CurrencyNeeded
    return await configured(ctx)


async def try_out(ctx: Ctx, model: ModelIn) -> ModelTrialOut:
    """Ask a model one tiny thing, for real; nothing is stored. What is wrong comes in words.

    Raises:
        ModelKeyNeeded, ModelAddressPlain: see `configure`.
    """
    kept = await ConfiguredModelRepository(ctx).find(model.id) if model.id else None
    key = await _key_for(ctx, kept, model)
    prices = (model.input_price, model.output_price)
    endpoint = Endpoint(model.protocol, model.base_url, model.model, key, *prices)
    begun = time.perf_counter()
    came = await _tried(ctx.port(Connector), endpoint)
    latency_ms = round((time.perf_counter() - begun) * 1_000)
    said, used = came, (0, 0)
    if isinstance(came, ChatReply):
        said, used = came.text[:_SHOWN_CHARS], (came.input_tokens, came.output_tokens)
    return ModelTrialOut(
        ok=isinstance(came, ChatReply),
        said=said,
        latency_ms=latency_ms,
        input_tokens=used[0],
        output_tokens=used[1],
        cost=float(endpoint.cost(*used)),
        currency=(await workspace_settings.get(ctx, ModelLimits)).currency,
    )


async def _tried(connector: Connector, endpoint: Endpoint) -> ChatReply | str:
    """What it said, or what is wrong."""
    try:
        model = await connector.connect(endpoint)
        async with asyncio.timeout(_TRIAL_S):
            question = ChatMessage("user", "Say only: ready")
            return await model.reply([question], max_tokens=_TRIAL_TOKENS)
    except TimeoutError:
        return f"The language model did not answer within {_TRIAL_S} seconds."
    except RapportError as error:
        return error.detail


async def _laid(
    ctx: Ctx, row: ConfiguredModel | None, model: ModelIn, position: int
) -> ConfiguredModel:
    key = await _key_for(ctx, row, model)
    values = {name: getattr(model, name) for name in _TOLD} | {"position": position}
    if row is None or model.api_key:
        values["api_key"] = await secrets.seal(ctx, _KEY, key) if key else None
    if row is None:
        return await ConfiguredModelRepository(ctx).add(**values)
    for name, value in values.items():
        setattr(row, name, value)
    return row


async def _key_for(ctx: Ctx, row: ConfiguredModel | None, model: ModelIn) -> str | None:
    """The key to use: the one given, else the kept one, which follows to no other address."""
    if model.base_url.startswith("http:") and not ctx.port(Connector).may_be_plain(model.base_url):
        raise ModelAddressPlain
    if model.api_key:
        return model.api_key.get_secret_value()
    if row is None or row.api_key is None:
        return None
    if (row.base_url, row.protocol) != (model.base_url, model.protocol):
        raise ModelKeyNeeded
    return await secrets.open(ctx, _KEY, row.api_key)


async def _endpoint(ctx: Ctx, row: ConfiguredModel) -> Endpoint:
    protocol: Protocol = "anthropic" if row.protocol == "anthropic" else "openai"
    key = await secrets.open(ctx, _KEY, row.api_key) if row.api_key else None
    prices = (row.input_price, row.output_price)
    return Endpoint(protocol, row.base_url, row.model, key, *prices, owner=row.workspace_id)


def _told(row: ConfiguredModel) -> ModelOut:
    plain = {name: getattr(row, name) for name in ("id", *_TOLD)}
    return ModelOut.model_validate(plain | {"has_key": row.api_key is not None})


def _plain(row: ConfiguredModel) -> dict[str, str]:
    """What a record may tell of a model."""
    return {name: str(getattr(row, name)) for name in _TOLD}
