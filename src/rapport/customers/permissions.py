"""What may be done about people beside reading, changing and merging them."""

from typing import Final

from rapport.kernel.auth.roles import Role, declare

MANAGE: Final = "customers.manage"
"""Deciding which attributes there are, who may send events, and what is merged by itself."""
IMPORT: Final = "customers.import"

declare(MANAGE, least=Role.ADMIN)
declare(IMPORT, least=Role.ADMIN)
