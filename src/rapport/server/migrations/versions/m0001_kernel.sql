-- The application role, pgvector, and workspaces.

-- The role belongs to the whole server, so it may be there already. From PostgreSQL 16 on, whoever
-- creates a role may hand it out, but not yet become it.
DO $$
DECLARE
    version integer := current_setting('server_version_num');
    right_to_act text := CASE WHEN version < 160000 THEN 'MEMBER' ELSE 'SET' END;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rapport_app') THEN
        CREATE ROLE rapport_app NOLOGIN NOINHERIT;
    END IF;
    IF NOT pg_has_role(current_user, 'rapport_app', right_to_act) THEN
        EXECUTE format('GRANT rapport_app TO %I', current_user);
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO rapport_app;

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE workspaces (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_workspaces PRIMARY KEY (id),
    CONSTRAINT uq_workspaces_slug UNIQUE (slug)
);
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON workspaces USING (id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (id = nullif(current_setting('app.workspace_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE ON workspaces TO rapport_app;
