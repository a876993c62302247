"""How often a visitor, and all visitors from one address, may do what costs something."""

from datetime import timedelta
from typing import Final

from rapport.kernel.database.engine import Database
from rapport.kernel.limits import Limit, LocalLimiter, network
from rapport.kernel.realtime.bus import Bus
from rapport.kernel.realtime.shared_counts import SharedCounts
from rapport.kernel.settings.process import Settings

_MINUTE: Final = timedelta(minutes=1)
SESSIONS: Final = Limit("webchat.sessions", 120, _MINUTE)
MESSAGES: Final = Limit("webchat.messages", 60, _MINUTE)
MESSAGES_OF_NETWORK: Final = Limit("webchat.messages_of_network", 1_200, _MINUTE)
UPLOADS: Final = Limit("webchat.uploads", 40, timedelta(minutes=10))
EVENTS: Final = Limit("webchat.events", 120, _MINUTE)
TYPING: Final = Limit("webchat.typing", 120, _MINUTE)


class VisitorLimits:
    """The limits of this process, which hears of the others' once `share` was called.

    An office behind one address is many visitors, so it has more.
    """

    def __init__(self, *, enforced: bool = True) -> None:
        """Count, unless `enforced` is off."""
        self._enforced = enforced
        self._limiters = {
            limit.name: LocalLimiter(limit)
            for limit in (SESSIONS, MESSAGES, MESSAGES_OF_NETWORK, UPLOADS, EVENTS, TYPING)
        }

    @classmethod
    def of(cls, database: Database) -> "VisitorLimits":
        """The one counter of a database in this process."""
        limits = database.ports.find(cls)
        if limits is None:
            settings = database.ports.find(Settings)
            limits = cls(enforced=settings is None or settings.rate_limits)
            database.ports.provide(cls, limits)
        return limits

    def share(self, bus: Bus) -> None:
        """Let the limits hold for all processes of `bus` together, which has not started yet."""
        SharedCounts(bus, self._limiters)

    def take(self, limit: Limit, key: str) -> None:
        """Count one use.

        Raises:
            TooMany: the share is used up.
        """
        if self._enforced:
            self._limiters[limit.name].take(key)

    def take_message(self, session: str, address: str) -> None:
        """Count one message of a visitor.

        Raises:
            TooMany: the visitor, or everybody at their address together, writes too much.
        """
        if self._enforced:
            self._limiters[MESSAGES.name].take(session)
            self._limiters[MESSAGES_OF_NETWORK.name].take(network(address))
