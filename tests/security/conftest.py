"""The whole application and a furnished workspace, for those who attack it."""

from tests.server.conftest import app
from tests.server.furniture import furnished

__all__ = ["app", "furnished"]
