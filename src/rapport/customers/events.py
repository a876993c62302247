"""What happens to customers, as the log tells it."""

from uuid import UUID

from rapport.kernel.events import Event
from rapport.kernel.personal import Code


class CustomerCreated(Event, name="customers.created"):
    """Somebody wrote to us, or visited, for the first time."""

    customer_id: UUID


class CustomerUpdated(Event, name="customers.updated"):
    """What we know about a customer changed."""

    customer_id: UUID


class IdentityAdded(Event, name="customers.identity_added"):
    """A customer can be reached, or was recognised, at one more address."""

    customer_id: UUID
    identity_id: UUID
    channel: Code


class CustomersMerged(Event, name="customers.merged"):
    """Two customers turned out to be one person; `customer_id` became `into_id`."""

    merge_id: UUID
    customer_id: UUID
    into_id: UUID


class CustomersUnmerged(Event, name="customers.unmerged"):
    """A merge was a mistake and was undone; `customer_id` is somebody of their own again."""

    merge_id: UUID
    customer_id: UUID
    into_id: UUID


class ConsentChanged(Event, name="customers.consent_changed"):
    """A customer allowed, or no longer allows, one use of their data."""

    customer_id: UUID
    purpose: Code
    is_granted: bool


class CustomerErased(Event, name="customers.erased"):
    """All that is known about a customer is being forgotten; only that there was one remains."""

    customer_id: UUID


class IdentityChanged(Event, name="customers.identity_changed"):
    """An address was proved, marked as shared, claimed, or taken away."""

    customer_id: UUID


class TimelineGrew(Event, name="customers.timeline_grew"):
    """Something was put on a customer's timeline; never more than 50 entries in one event."""

    customer_id: UUID
    entry_ids: list[UUID]


class TimelineShrank(Event, name="customers.timeline_shrank"):
    """An entry was taken from a customer's timeline."""

    customer_id: UUID
    entry_id: UUID


class PainPointsChanged(Event, name="customers.pain_points_changed"):
    """What makes a customer's life hard was noted, or resolved."""

    customer_id: UUID


class DuplicatesChanged(Event, name="customers.duplicates_changed"):
    """Somebody is, or is no longer, suspected to be the same person as this customer."""

    customer_id: UUID


class PeopleChanged(Event, name="customers.catalogue_changed"):
    """Something about people that is no customer changed: `kind` and its id say what."""

    kind: Code
    id: UUID
