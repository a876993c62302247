"""The customer's own words in a mail, apart from what they quote and how they sign."""

from rapport.channels.email.replies.markup import split_html
from rapport.channels.email.replies.plain import Reply, split

__all__ = ["Reply", "split", "split_html"]
