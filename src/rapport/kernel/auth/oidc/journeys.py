"""A browser's way to an identity provider and back."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from rapport.kernel import limits
from rapport.kernel.auth import challenges, vault
from rapport.kernel.auth.errors import ProviderNotFound, ProviderRefused
from rapport.kernel.auth.models import IdentityProvider
from rapport.kernel.auth.oidc import identities, protocol, providers
from rapport.kernel.auth.oidc.repository import IdentityProviderRepository
from rapport.kernel.auth.sign_in import Browser, SignedIn, proceed
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings

log = structlog.get_logger(__name__)

LIFETIME: Final = timedelta(minutes=10)
PER_ADDRESS = limits.Limit("oidc:address", times=60, per=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the secret by which it is known again when it comes back."""

    url: str
    browser_secret: str


@dataclass(frozen=True, slots=True)
class Return:
    """What a browser brings back."""

    state: str
    code: str
    issuer: str | None
    """Who answered (RFC 9207), where the provider says so."""
    browser_secret: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of it: a session, or a connection of somebody who was signed in already."""

    signed_in: SignedIn | None
    to: str


async def depart(
    database: Database,
    provider_id: UUID,
    *,
    to: str,
    browser: Browser,
    user_id: UUID | None = None,
    workspace_id: UUID | None = None,
) -> Departure:
    """Begin a journey that ends at the path `to`; for `user_id` it connects, else it signs in.

    Raises:
        ProviderNotFound: unknown, switched off, or not of `workspace_id` where that is given.
        ProviderFaulty, Unreachable, AddressRefused: the provider cannot be used now.
        TooMany: too many journeys from this network.
    """
    await limits.take(database, PER_ADDRESS, limits.network(browser.ip))
    home, row, client = await _provider(database, provider_id)
    if workspace_id not in {None, home}:
        raise ProviderNotFound
    async with providers.outside(database.ports.get(Settings)) as http:
        endpoints = await protocol.discover(http, row.issuer)
    journey = protocol.Journey(new_token(), new_token(), new_token())
    browser_secret = new_token()
    payload = {
        "provider_id": str(provider_id),
        "issuer": row.issuer,
        "nonce": journey.nonce,
        "verifier": journey.verifier,
        "browser": digest(browser_secret).hex(),
        "to": to,
    }
    await challenges.issue(
        database,
        challenges.JOURNEY,
        user_id=user_id,
        payload=payload,
        lifetime=LIFETIME,
        token=journey.state,
    )
    return Departure(protocol.address_to_visit(endpoints, client, journey), browser_secret)


async def arrive(
    database: Database,
    provider_id: UUID,
    *,
    back: Return,
    browser: Browser,
    signed_in_as: UUID | None,
) -> Arrival:
    """End a journey: the state works once, in the browser that left, for the provider it left to.

    Raises:
        ProviderRefused: anything that came back is not as it must be.
        IdentityUnknown, IdentityNotLinked, ProviderIdentityTaken: nobody here belongs to it.
        SecondFactorNeeded: the person goes on with their second factor.
        ProviderNotFound, ProviderFaulty, Unreachable: the provider cannot be used now.
    """
    await limits.take(database, PER_ADDRESS, limits.network(browser.ip))
    begun = await challenges.redeem(database, challenges.JOURNEY, back.state)
    if begun is None or not _is_same_journey(begun.payload, provider_id, back):
        raise ProviderRefused
    home, row, client = await _provider(database, provider_id)
    sent = protocol.Journey(back.state, begun.payload["nonce"], begun.payload["verifier"])
    async with providers.outside(database.ports.get(Settings)) as http:
        endpoints = await protocol.discover(http, row.issuer)
        if not _is_from(endpoints, back, begun.payload["issuer"]):
            raise ProviderRefused
        found = await protocol.recognise(
            http, endpoints, client, sent, code=back.code, now=database.now()
        )
    if begun.user_id is not None:
        if begun.user_id != signed_in_as:
            raise ProviderRefused
        await identities.connect(database, home, row, begun.user_id, found)
        return Arrival(None, begun.payload["to"])
    actor = await identities.resolve(database, home, row, found)
    opened = await proceed(
        database, home, actor, browser, by="oidc", is_enough=row.checks_second_factor
    )
    return Arrival(opened, begun.payload["to"])


def _is_same_journey(payload: dict[str, str], provider_id: UUID, back: Return) -> bool:
    same_browser = hmac.compare_digest(payload["browser"], digest(back.browser_secret).hex())
    return same_browser and payload["provider_id"] == str(provider_id)


def _is_from(endpoints: protocol.Endpoints, back: Return, left_for: str) -> bool:
    """Whether the answer is of the provider that the browser was sent to, and of no other."""
    if left_for != endpoints.issuer:
        return False
    if back.issuer is None:
        return not endpoints.names_itself
    return back.issuer == endpoints.issuer


async def _provider(
    database: Database, provider_id: UUID
) -> tuple[UUID, IdentityProvider, protocol.Client]:
    async with database.connect() as session:
        workspace_id = await vault.workspace_of_provider(session, provider_id)
    if workspace_id is None:
        raise ProviderNotFound
    async with database.begin(workspace_id, SYSTEM) as ctx:
        row = await IdentityProviderRepository(ctx).get(provider_id)
        return workspace_id, row, await providers.client_of(ctx, row)
