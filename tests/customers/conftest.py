"""The whole application, for those who come by HTTP."""

from tests.server.conftest import app

__all__ = ["app"]
