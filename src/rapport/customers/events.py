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
