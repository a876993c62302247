"""Passkeys (WebAuthn): a key in a device that checks its person itself, so it is both factors."""

import ipaddress
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import structlog
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from rapport.kernel import limits
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import challenges, lookups, notices, sessions, vault
from rapport.kernel.auth.errors import (
    PasskeyKnown,
    PasskeyNotFound,
    PasskeyRefused,
    PasskeysImpossible,
    SecondFactorRequired,
)
from rapport.kernel.auth.policy import is_second_factor_required
from rapport.kernel.auth.sign_in import Browser, SignedIn, open_session, person
from rapport.kernel.auth.tokens import new_token
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings

log = structlog.get_logger(__name__)

CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
AT_MOST: Final = 20
OFFERS_PER_ADDRESS = limits.Limit("passkey:offer", times=300, per=timedelta(hours=1))
TRIES_PER_ADDRESS = limits.Limit("passkey:try", times=60, per=timedelta(hours=1))

_UNREADABLE = (WebAuthnException, KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who we are to a browser: passkeys made for one name and origin work at no other."""

    id: str
    origin: str


def relying_party(settings: Settings) -> RelyingParty | None:
    """Who we are; None where browsers offer no passkeys: at a bare IP address or by plain HTTP."""
    parts = urlsplit(settings.origin)
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" and host != "localhost":
        return None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return RelyingParty(host, f"{parts.scheme}://{parts.netloc}".lower())
    return None


async def offer_set_up(ctx: Ctx, database: Database) -> dict[str, Any]:
    """What a browser needs to make a passkey for the actor (`PublicKeyCredentialCreationOptions`).

    Raises:
        PasskeysImpossible: browsers offer none at our address.
    """
    party = _party(ctx.port(Settings))
    account = await lookups.account_by_id(ctx.session, ctx.actor.id)
    assert account is not None, "an agent is somebody with an account"
    known = await vault.passkeys(ctx.session, ctx.actor.id)
    if len(known) >= AT_MOST:
        raise PasskeyKnown(f"A person has at most {AT_MOST} passkeys.")
    challenge = await challenges.issue(
        database, challenges.PASSKEY_SET_UP, user_id=ctx.actor.id, lifetime=CHALLENGE_LIFETIME
    )
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Rapport",
        user_id=ctx.actor.id.bytes,
        user_name=account.email,
        user_display_name=account.name,
        challenge=challenge.encode(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=k.credential_id) for k in known],
    )
    return _plain(webauthn.options_to_json(options))


async def add(
    ctx: Ctx,
    database: Database,
    *,
    name: str,
    credential: dict[str, Any],
    session_digest: bytes | None,
) -> vault.KnownPasskey:
    """Keep a passkey that a browser has just made for the actor.

    Raises:
        PasskeyRefused: it does not answer our challenge, or its device did not check its person.
        PasskeyKnown: it is somebody's already.
        PasskeysImpossible: browsers offer none at our address.
    """
    party = _party(ctx.port(Settings))
    challenge = _challenge_of(credential)
    begun = await challenges.redeem(database, challenges.PASSKEY_SET_UP, challenge)
    if begun is None or begun.user_id != ctx.actor.id:
        raise PasskeyRefused
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge.encode(),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise PasskeyRefused from error
    passkey = vault.KnownPasskey(new_id(), made.credential_id, name, ctx.now(), None)
    kept = await vault.add_passkey(
        ctx.session,
        id=passkey.id,
        user_id=ctx.actor.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        now=ctx.now(),
    )
    if not kept:
        raise PasskeyKnown
    await sessions.strengthen(ctx, session_digest)
    await notices.tell(ctx, ctx.actor.id, notices.PASSKEY_ADDED)
    await _record(ctx, "passkey.added", passkey.id, name=name)
    return passkey


async def rename(ctx: Ctx, passkey_id: UUID, name: str) -> None:
    """Call one of the actor's passkeys something else.

    Raises:
        PasskeyNotFound: the actor has no such passkey.
    """
    if not await vault.rename_passkey(ctx.session, ctx.actor.id, passkey_id, name):
        raise PasskeyNotFound
    await _record(ctx, "passkey.renamed", passkey_id, name=name)


async def revoke(ctx: Ctx, passkey_id: UUID) -> None:
    """Forget one of the actor's passkeys; it opens nothing any more.

    Raises:
        PasskeyNotFound: the actor has no such passkey.
        SecondFactorRequired: it is the last factor, and the workspace asks for one.
    """
    factors = await vault.factors(ctx.session, ctx.actor.id)
    is_last = factors.passkeys == 1 and not factors.has_code
    if not await vault.remove_passkeys(ctx.session, ctx.actor.id, passkey_id):
        raise PasskeyNotFound
    if is_last and await is_second_factor_required(ctx):
        raise SecondFactorRequired
    await _record(ctx, "passkey.revoked", passkey_id)


async def offer_sign_in(database: Database, *, browser: Browser) -> dict[str, Any]:
    """What a browser needs to look for a passkey of ours (`PublicKeyCredentialRequestOptions`).

    It names nobody: the passkey itself says whose it is.

    Raises:
        PasskeysImpossible: browsers offer none at our address.
        TooMany: too many offers to this network.
    """
    party = _party(database.ports.get(Settings))
    await limits.take(database, OFFERS_PER_ADDRESS, limits.network(browser.ip))
    challenge = await challenges.issue(
        database, challenges.PASSKEY_SIGN_IN, lifetime=CHALLENGE_LIFETIME, token=new_token()
    )
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge.encode(),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _plain(webauthn.options_to_json(options))


async def sign_in(
    database: Database, *, credential: dict[str, Any], workspace: str | None, browser: Browser
) -> SignedIn:
    """Open a session for whoever holds the passkey; it counts as both factors.

    Raises:
        PasskeyRefused: unknown, replayed, copied, unverified, or its person is not active.
        TooMany: too many tries from this network.
    """
    party = _party(database.ports.get(Settings))
    await limits.take(database, TRIES_PER_ADDRESS, limits.network(browser.ip))
    challenge = _challenge_of(credential)
    if await challenges.redeem(database, challenges.PASSKEY_SIGN_IN, challenge) is None:
        raise PasskeyRefused
    async with database.connect() as session:
        owner = await vault.passkey(session, _credential_id(credential))
    if owner is None or not _is_theirs(credential, owner.user_id):
        raise PasskeyRefused
    try:
        proved = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.encode(),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=owner.public_key,
            credential_current_sign_count=owner.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        log.warning("passkey_refused", passkey_id=str(owner.id), reason=str(error), ip=browser.ip)
        raise PasskeyRefused from error
    async with database.connect() as session:
        account = await lookups.account_by_id(session, owner.user_id)
        places = await lookups.places(session, owner.user_id)
        used = await vault.use_passkey(
            session,
            owner.id,
            before=owner.sign_count,
            after=proved.new_sign_count,
            now=database.now(),
        )
    place = next((p for p in places if workspace in {None, p.slug}), None)
    if not used or account is None or place is None:
        raise PasskeyRefused
    actor = person(account.user_id, account.name, place.role)
    return await open_session(database, place.workspace_id, actor, browser, by="passkey")


def _party(settings: Settings) -> RelyingParty:
    party = relying_party(settings)
    if party is None:
        raise PasskeysImpossible
    return party


def _challenge_of(credential: dict[str, Any]) -> str:
    """The challenge that a browser says it answers; whether it does is checked by its signature."""
    try:
        client = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(client["challenge"]).decode()
    except _UNREADABLE as error:
        raise PasskeyRefused from error


def _credential_id(credential: dict[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(credential["id"])
    except _UNREADABLE as error:
        raise PasskeyRefused from error


def _is_theirs(credential: dict[str, Any], user_id: UUID) -> bool:
    """Whether the passkey names its person as it was told to, where it names one."""
    handle = credential["response"].get("userHandle")
    return handle is None or handle == bytes_to_base64url(user_id.bytes)


def _plain(options: str) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(options)
    return plain


async def _record(ctx: Ctx, verb: str, passkey_id: UUID, **details: object) -> None:
    subject = f"user:{ctx.actor.id}"
    await audit.record(ctx, verb, subject=subject, details={"id": str(passkey_id), **details})
