"""How often events may be sent."""

from datetime import timedelta
from typing import Final

from rapport.customers.tracking.repository import Sender
from rapport.kernel.database.engine import Database
from rapport.kernel.limits import Limit, LocalLimiter, network
from rapport.kernel.settings.process import Settings

_MINUTE: Final = timedelta(minutes=1)
REQUESTS: Final = Limit("tracking.requests", 3_000, _MINUTE)
REQUESTS_OF_NETWORK: Final = Limit("tracking.requests_of_network", 300, _MINUTE)


class SenderLimits:
    """The limits of this process: each key has its share, and with a public one each network."""

    def __init__(self, *, enforced: bool = True) -> None:
        """Count, unless `enforced` is off."""
        self._enforced = enforced
        self._keys = LocalLimiter(REQUESTS)
        self._networks = LocalLimiter(REQUESTS_OF_NETWORK)

    @classmethod
    def of(cls, database: Database) -> "SenderLimits":
        """The one counter of a database in this process."""
        limits = database.ports.find(cls)
        if limits is None:
            settings = database.ports.find(Settings)
            limits = cls(enforced=settings is None or settings.rate_limits)
            database.ports.provide(cls, limits)
        return limits

    def take(self, sender: Sender, address: str) -> None:
        """Count one request.

        Raises:
            TooMany: the share is used up.
        """
        if not self._enforced:
            return
        if not sender.is_trusted:
            self._networks.take(f"{sender.id} {network(address)}")
        self._keys.take(str(sender.id))
