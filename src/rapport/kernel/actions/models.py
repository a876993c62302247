"""Tables of actions."""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel


class ActionRun(WorkspaceModel):
    """One call that carried an idempotency key: the same key finds this row, and its result.

    `result` is null only inside the transaction that is doing it.
    """

    __tablename__ = "action_runs"
    __table_args__ = (
        UniqueConstraint("workspace_id", "action", "key", name="uq_action_runs_action_key"),
    )

    action: Mapped[str]
    key: Mapped[str]
    arguments_hash: Mapped[str]
    actor: Mapped[str]
    result: Mapped[dict[str, Any] | None] = mapped_column()
