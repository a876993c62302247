"""Access tokens for mailboxes whose provider wants no passwords."""

from rapport.channels.email.oauth.errors import OAuthRefused
from rapport.channels.email.oauth.service import access_token, forget

__all__ = ["OAuthRefused", "access_token", "forget"]
