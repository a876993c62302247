"""Fetching mail by IMAP, in the worker."""

from rapport.channels.email.receiving.imap.connector import Connector

__all__ = ["Connector"]
