-- Tables of files.

CREATE TABLE files (
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    has_preview BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    owner_kind TEXT,
    owner_id UUID,
    uploaded_by TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_files PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_files_status CHECK (status IN ('uploaded', 'attached')),
    CONSTRAINT ck_files_attached_to CHECK ((status = 'attached') = (owner_id IS NOT NULL)),
    CONSTRAINT fk_files_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_files_owner ON files (workspace_id, owner_kind, owner_id);
CREATE INDEX ix_files_unattached ON files (created_at) WHERE status = 'uploaded';
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON files USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON files FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON files TO rapport_app;
