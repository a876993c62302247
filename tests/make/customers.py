"""Customers."""

from typing import Any

from rapport.customers import service as customers
from rapport.customers.models import Customer
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.ids import new_id


async def make_customer(ctx: Ctx, *, name: str = "Ada Lovelace", **values: Any) -> Customer:
    """A customer who is known by a browser."""
    values = {"email": "ada@example.com", **values}
    return await customers.find_or_create_by_identity(
        ctx, "webchat", str(new_id()), name=name, **values
    )


def visitor(customer: Customer) -> Actor:
    """The customer, acting for themselves."""
    return Actor("customer", customer.id, frozenset(), customer.name)
