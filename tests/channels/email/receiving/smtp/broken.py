"""A database that takes no mail for an inbox, for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.make.mailboxes import Box


@contextmanager
def without_mail(database_url: str, box: Box) -> Iterator[None]:
    """Nothing can be kept in this inbox until the end."""
    name = f"refuse_{box.inbox_id.hex}"
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$;"
            f"CREATE TRIGGER {name} BEFORE INSERT ON email_raw FOR EACH ROW "
            f"WHEN (new.inbox_id = '{box.inbox_id}') EXECUTE FUNCTION {name}();"
        )
        try:
            yield
        finally:
            owner.execute(f"DROP TRIGGER {name} ON email_raw; DROP FUNCTION {name};")
