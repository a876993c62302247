"""Which bus a process uses."""

from rapport.kernel.events import LogListener, LogWaker
from rapport.kernel.events.wake import CHANNEL
from rapport.kernel.realtime.bus import Bus, PostgresBus
from rapport.kernel.settings.process import Settings


def bus_for(settings: Settings, waker: LogWaker, listener: LogListener) -> Bus:
    """The bus of this process; with NATS it also carries the word that the log has grown.

    Neither `waker` nor `listener` may have started yet.
    """
    if settings.bus_url is None:
        return PostgresBus(waker, listener)
    # Imported only here: a desk without NATS does without its library.
    from rapport.kernel.realtime.nats_bus import NatsBus  # noqa: PLC0415

    bus = NatsBus(settings.bus_url.get_secret_value(), settings.bus_ca)
    carry_log(bus, waker, listener)
    return bus


def carry_log(bus: Bus, waker: LogWaker, listener: LogListener) -> None:
    """Let `bus` instead of the database tell all processes that the log has grown."""
    grown = listener.carried(CHANNEL)
    waker.carry(CHANNEL, lambda payload: bus.publish(CHANNEL, payload.encode()))
    bus.subscribe(CHANNEL, lambda payload: grown(payload.decode()))
    bus.on_connect(lambda: grown(""))
