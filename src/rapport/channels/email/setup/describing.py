"""A mailbox as people see it: everything but the secrets."""

from rapport.channels.email.models import Mailbox
from rapport.channels.email.settings.schemas import Dkim, IncomingOut, OutgoingOut
from rapport.channels.email.settings.service import incoming_of, outgoing_of, secrets_of
from rapport.channels.email.setup.schemas import DkimOut, MailboxOut
from rapport.conversations.models import Inbox
from rapport.kernel.context import Ctx
from rapport.kernel.settings.process import Settings


async def describe(ctx: Ctx, inbox: Inbox, row: Mailbox) -> MailboxOut:
    """A mailbox and the inbox it is of."""
    kept = await secrets_of(ctx, row)
    incoming = incoming_of(row)
    return MailboxOut(
        inbox_id=inbox.id,
        name=inbox.name,
        is_enabled=inbox.is_enabled,
        address=row.address,
        aliases=row.aliases,
        from_name=row.from_name,
        signature=row.signature,
        quoting=row.quoting,
        same_mail=row.same_mail,
        acknowledge=row.acknowledge,
        acknowledgement=row.acknowledgement,
        undo_s=row.undo_s,
        trusted_authserv=row.trusted_authserv,
        incoming=IncomingOut.model_validate(incoming),
        outgoing=OutgoingOut.model_validate(outgoing_of(row)),
        imap_password_set=kept.imap_password is not None,
        smtp_password_set=kept.smtp_password is not None,
        webhook_secret_set=kept.webhook_secret is not None,
        is_signed_in=kept.oauth is not None,
        dkim=_dkim(row),
        webhook_url=_webhook_url(ctx.port(Settings), row),
    )


def _dkim(row: Mailbox) -> DkimOut | None:
    return DkimOut.model_validate(Dkim.model_validate(row.dkim)) if row.dkim is not None else None


def _webhook_url(settings: Settings, row: Mailbox) -> str | None:
    incoming = incoming_of(row)
    if incoming.kind != "webhook" or incoming.webhook is None:
        return None
    # Mailgun sends whole messages to addresses that end so, and their parts to all others.
    end = "/mime" if incoming.webhook == "mailgun" else ""
    return f"{settings.origin}/hooks/email/{incoming.webhook}/{row.key}{end}"
