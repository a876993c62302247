"""Alembic's environment: a transaction for each outstanding migration."""

from alembic import context
from sqlalchemy import create_engine, pool

from rapport.kernel.models import Model
from rapport.server import tables  # noqa: F401 - registers every room's tables


def run() -> None:
    """Migrate the database that `kernel.database.migrations` names."""
    url, options = context.config.attributes["url"], context.config.attributes["options"]
    engine = create_engine(url, poolclass=pool.NullPool, connect_args={"options": options})
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
