next_conversation_number(in_workspace uuid) RETURNS bigint LANGUAGE plpgsql AS $$
-- A sequence per workspace: unlike a counter row it is not locked until the caller commits.
DECLARE
    its_name text := 'conversation_number_' || replace(in_workspace::text, '-', '');
BEGIN
    IF to_regclass(its_name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(its_name, 0));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', its_name);
    END IF;
    RETURN nextval(its_name::regclass);
END $$
