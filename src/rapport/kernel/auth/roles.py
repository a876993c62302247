"""Roles, and what each of them may do. One table, read by everything that checks a permission."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in a workspace, the most powerful first."""

    OWNER = "owner"
    ADMIN = "admin"
    AGENT = "agent"
    LIGHT_AGENT = "light_agent"

    @property
    def rank(self) -> int:
        """0 for the owner, growing as the power shrinks."""
        return list(Role).index(self)

    def outranks(self, other: "Role") -> bool:
        """Whether this role is strictly more powerful than `other`."""
        return self.rank < other.rank


_EVERYONE = frozenset(Role)
_AGENTS = frozenset({Role.OWNER, Role.ADMIN, Role.AGENT})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_OWNERS = frozenset({Role.OWNER})

_table: dict[str, frozenset[Role]] = {
    # Light agents are colleagues from elsewhere in the house: they read, and write notes.
    "conversations.read": _EVERYONE,
    "conversations.note": _EVERYONE,
    "conversations.reply": _AGENTS,
    "conversations.start": _AGENTS,
    "conversations.assign": _AGENTS,
    "conversations.resolve": _AGENTS,
    "conversations.tag": _AGENTS,
    "customers.read": _EVERYONE,
    "customers.write": _AGENTS,
    "customers.merge": _AGENTS,
    "customers.export": _ADMINS,
    "customers.erase": _ADMINS,
    "files.write": _EVERYONE,
    "tags.manage": _AGENTS,
    "macros.manage": _AGENTS,
    "knowledge.read": _EVERYONE,
    "knowledge.write": _AGENTS,
    "actions.read": _EVERYONE,
    "actions.perform": _AGENTS,
    "actions.approve": _ADMINS,
    "members.read": _EVERYONE,
    "members.manage": _ADMINS,
    "teams.manage": _ADMINS,
    "inboxes.read": _EVERYONE,
    "inboxes.manage": _ADMINS,
    "assistant.read": _EVERYONE,
    "assistant.manage": _ADMINS,
    "workspace.read": _EVERYONE,
    "workspace.manage": _ADMINS,
    "api_keys.manage": _ADMINS,
    "audit.read": _ADMINS,
    "privacy.manage": _ADMINS,
    "events.replay": _ADMINS,
    "sign_in.manage": _OWNERS,
    "workspace.delete": _OWNERS,
}


def declare(permission: str, *, least: Role) -> None:
    """Add a permission of a room above, held by `least` and every role that outranks it.

    Declaring it again with the same role changes nothing.
    """
    _table[permission] = frozenset(role for role in Role if role.rank <= least.rank)


def permissions(role: Role) -> frozenset[str]:
    """Everything a role may do."""
    return frozenset(name for name, roles in _table.items() if role in roles)


def everything() -> frozenset[str]:
    """Every permission there is."""
    return frozenset(_table)
