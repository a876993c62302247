"""How a database's URL is spelled for psycopg. Imports nothing, so that a start is quick."""

APPLICATION_ROLE = "rapport_app"
"""The role everything runs as: it owns nothing, so row-level security holds for it."""


def conninfo(url: str, *, role: str | None = APPLICATION_ROLE) -> str:
    """A libpq URL for psycopg that runs as `role` from its first statement."""
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    if role is None:
        return plain
    return f"{plain}{'&' if '?' in plain else '?'}options=-c%20role%3D{role}"
