"""What the agent API says about companies."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from rapport.customers.schemas import Attributes, Scalar
from rapport.kernel.schemas import In, Out

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$"),
]
Domain = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=253, pattern=r"^[\w-]+(\.[\w-]+)+$"
    ),
]


class CompanyOut(Out):
    """An organisation that customers belong to."""

    id: UUID
    name: str
    domain: str | None
    attributes: dict[str, Scalar]
    people_count: int
    created_at: datetime


class CompanyIn(In):
    """A new company."""

    name: Name
    domain: Domain | None = None
    attributes: Attributes | None = None


class CompanyPatch(In):
    """What to change; attributes are merged by key, and null removes one."""

    name: Name | None = None
    domain: Domain | None = None
    attributes: Attributes | None = None
