"""Telling customers what came of their solved conversations."""

from rapport.kernel.telling import rows_of

SOLVED = rows_of(
    """
    SELECT id, solved_at, state, reason, question, answer
    FROM solved_conversations
    WHERE workspace_id = :workspace_id AND id > :after_id
      AND (id = ANY(:things) OR customer_id = ANY(:things))
    ORDER BY id LIMIT :up_to
    """
)
