"""Letters to people about how they sign in, so that they notice what they did not do."""

from uuid import UUID

import structlog

from rapport.kernel.auth import lookups
from rapport.kernel.auth.ports import Mail, Mailer
from rapport.kernel.auth.repository import MembershipRepository
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Unreachable
from rapport.kernel.i18n.texts import nearest, t
from rapport.kernel.settings import workspace as workspace_settings

log = structlog.get_logger(__name__)

CODE_ENABLED = "Signing in now also asks for a code from your authenticator."
CODE_DISABLED = "Signing in does not ask for a code from your authenticator any more."
PASSKEY_ADDED = "A passkey was added; whoever holds it can sign in."
RESET_BY_ADMINISTRATOR = (
    "{name} has removed your authenticator, recovery codes and passkeys. "
    "Sign in with your password and set them up again."
)


async def tell(ctx: Ctx, user_id: UUID, what: str) -> None:
    """Write to a member that `what` has happened to their account; `{name}` is who acts.

    A letter that cannot be sent does not undo the change; the log says so.
    """
    account = await lookups.account_by_id(ctx.session, user_id)
    assert account is not None, "a member has an account"
    user = await MembershipRepository(ctx).user(user_id)
    general = await workspace_settings.get(ctx, workspace_settings.General)
    locale = nearest(user.locale or general.locale)
    letter = Mail(
        to=account.email,
        subject=t(locale, "How you sign in to Rapport has changed"),
        text=t(
            locale,
            "Hello {name},\n\n{what}\n\n"
            "If that was not you, tell an administrator and choose a new password.\n",
            name=account.name,
            what=t(locale, what, name=ctx.actor.name or "Rapport"),
        ),
    )
    try:
        await ctx.port(Mailer).send(letter)
    except Unreachable as error:
        log.warning("notice_not_sent", user_id=str(user_id), error=str(error))
