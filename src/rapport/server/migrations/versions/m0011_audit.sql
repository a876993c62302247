-- The audit record is append-only for the owner of the database too.

CREATE FUNCTION audit_stays()
RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- Removing a whole workspace takes its record along: by then its row is gone.
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM workspaces WHERE id = OLD.workspace_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit record is only ever appended to.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit_records
    FOR EACH ROW EXECUTE FUNCTION audit_stays();
