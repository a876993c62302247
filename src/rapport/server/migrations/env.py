"""Alembic's environment: one transaction for all outstanding migrations."""

from alembic import context
from sqlalchemy import create_engine, pool

from rapport.kernel.models import Model
from rapport.server import tables  # noqa: F401 - registers every room's tables


def run() -> None:
    """Migrate the database that `kernel.database.migrations` names."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Model.metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
