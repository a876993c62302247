"""The identity provider of a workspace: which one, and who may come in by it."""

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from rapport.kernel import egress
from rapport.kernel.audit import service as audit
from rapport.kernel.auth.errors import ProviderFaulty, ProviderNotFound
from rapport.kernel.auth.models import IdentityProvider
from rapport.kernel.auth.oidc import protocol
from rapport.kernel.auth.oidc.repository import IdentityProviderRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import Ctx
from rapport.kernel.secrets import service as secrets
from rapport.kernel.settings.process import Settings

PURPOSE = "auth.identity_provider"
TIMEOUT_S = 10.0


async def mine(ctx: Ctx) -> IdentityProvider | None:
    """The workspace's provider, if it has one."""
    return await IdentityProviderRepository(ctx).mine()


async def save(
    ctx: Ctx,
    *,
    name: str,
    issuer: str,
    client_id: str,
    client_secret: str | None,
    email_domains: Sequence[str],
    joins_as: Role | None,
    checks_second_factor: bool,
    is_enabled: bool,
) -> IdentityProvider:
    """Trust this provider from now on. Without a new secret the known one stays.

    A secret never follows to another issuer: whoever changes that gives it again.

    Raises:
        ProviderFaulty: the issuer is not an HTTPS address, or everybody in the world could join.
    """
    if joins_as is not None and not email_domains:
        raise ProviderFaulty("Name the e-mail domains of those who may join by themselves.")
    _require_https(ctx, issuer)
    providers = IdentityProviderRepository(ctx)
    row = await providers.mine(lock=True)
    sealed = row.secret if row is not None and row.issuer == issuer else None
    if client_secret:
        sealed = await secrets.seal(ctx, PURPOSE, client_secret)
    values = {
        "name": name,
        "issuer": issuer,
        "client_id": client_id,
        "email_domains": sorted({domain.casefold() for domain in email_domains}),
        "joins_as": joins_as.value if joins_as else None,
        "checks_second_factor": checks_second_factor,
        "is_enabled": is_enabled,
    }
    if row is None:
        row = await providers.add(**values, secret=sealed)
    else:
        row.secret = sealed
        for field, value in values.items():
            setattr(row, field, value)
        await ctx.session.flush()
    details: dict[str, object] = {**values, "new_secret": bool(client_secret)}
    await audit.record(
        ctx, "identity_provider.saved", subject=f"identity_provider:{row.id}", details=details
    )
    return row


async def remove(ctx: Ctx) -> None:
    """Trust no provider any more. Sessions that it opened stay until they end.

    Raises:
        ProviderNotFound: there is none.
    """
    providers = IdentityProviderRepository(ctx)
    row = await providers.mine(lock=True)
    if row is None:
        raise ProviderNotFound
    await providers.remove(row)
    await audit.record(
        ctx,
        "identity_provider.removed",
        subject=f"identity_provider:{row.id}",
        details={"issuer": row.issuer},
    )


async def check(ctx: Ctx, issuer: str) -> protocol.Endpoints:
    """Ask a provider to describe itself, as signing in would.

    Raises:
        ProviderFaulty: it does not describe itself as it should.
        Unreachable: it did not answer.
        AddressRefused: it is on a private address that was not allowed.
    """
    _require_https(ctx, issuer)
    async with outside(ctx.port(Settings)) as http:
        return await protocol.discover(http, issuer)


async def client_of(ctx: Ctx, row: IdentityProvider) -> protocol.Client:
    """What the provider knows us by."""
    secret = await secrets.open(ctx, PURPOSE, row.secret) if row.secret else None
    return protocol.Client(row.client_id, secret, redirect_uri(ctx.port(Settings), row.id))


def redirect_uri(settings: Settings, provider_id: UUID) -> str:
    """Where the provider sends browsers back to, exactly: each provider has its own address."""
    return f"{settings.origin}/v1/auth/oidc/{provider_id}/callback"


def outside(settings: Settings) -> httpx.AsyncClient:
    """The way to providers: the public internet, and what the administrator allowed."""
    return egress.client(
        allow=settings.egress_allow, max_bytes=protocol.MAX_BYTES, max_seconds=TIMEOUT_S
    )


def _require_https(ctx: Ctx, issuer: str) -> None:
    parts = urlsplit(issuer)
    allowed = ctx.port(Settings).egress_allow
    if parts.scheme == "https" or parts.netloc.lower() in allowed:
        return
    raise ProviderFaulty("An issuer is an address with https://.")
