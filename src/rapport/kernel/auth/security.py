"""How the actor signs in, at a glance."""

from rapport.kernel.auth import confirmation, lookups, passkeys, vault
from rapport.kernel.auth.oidc import identities
from rapport.kernel.auth.oidc import providers as oidc_providers
from rapport.kernel.auth.policy import is_second_factor_required
from rapport.kernel.auth.security_schemas import (
    DoorOut,
    LinkedIdentityOut,
    PasskeyOut,
    SecurityOut,
)
from rapport.kernel.context import Ctx
from rapport.kernel.settings.process import Settings


async def mine(ctx: Ctx, *, session_digest: bytes | None) -> SecurityOut:
    """The actor's password, factors, passkeys and connections."""
    account = await lookups.account_by_id(ctx.session, ctx.actor.id)
    factors = await vault.factors(ctx.session, ctx.actor.id)
    known = await vault.passkeys(ctx.session, ctx.actor.id)
    provider = await oidc_providers.mine(ctx)
    usable = [provider] if provider is not None and provider.is_enabled else []
    return SecurityOut(
        has_password=account is not None and account.password_hash is not None,
        second_factor_enabled_at=factors.enabled_at,
        recovery_codes_left=factors.recovery_codes,
        passkeys=[PasskeyOut.model_validate(each) for each in known],
        passkeys_possible=passkeys.relying_party(ctx.port(Settings)) is not None,
        identities=[LinkedIdentityOut.model_validate(i) for i in await identities.mine(ctx)],
        providers=[DoorOut.model_validate(each) for each in usable],
        required=await is_second_factor_required(ctx),
        is_fresh=await confirmation.is_fresh(ctx, session_digest),
    )
