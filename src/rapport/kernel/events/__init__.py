"""The log: facts in the past tense, and those who read them.

A room announces what it did; rooms above it read. That is how work travels *up* the building
without an import pointing up.
"""

from rapport.kernel.events.catalogue import Event, UnknownEvent, catalogue
from rapport.kernel.events.log import Cursor, Recorded, emit, head
from rapport.kernel.events.readers import batch_reader, reader
from rapport.kernel.events.wake import LogListener, LogWaker

__all__ = [
    "Cursor",
    "Event",
    "LogListener",
    "LogWaker",
    "Recorded",
    "UnknownEvent",
    "batch_reader",
    "catalogue",
    "emit",
    "head",
    "reader",
]
