-- Vectors of any length, several models' beside each other, so that one can take over from another
-- while both answer. chunks.embedding and chunks.model stay for the release before.

CREATE TABLE search_indexes (
    model TEXT NOT NULL,
    description TEXT NOT NULL,
    dimensions INTEGER,
    state TEXT NOT NULL,
    state_at TIMESTAMP WITH TIME ZONE NOT NULL,
    error TEXT,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_search_indexes PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_search_indexes_workspace_id_model UNIQUE (workspace_id, model),
    CONSTRAINT ck_search_indexes_state_known CHECK (state IN ('building', 'serving', 'retired')),
    CONSTRAINT fk_search_indexes_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_search_indexes_serving ON search_indexes (workspace_id) WHERE state = 'serving';
ALTER TABLE search_indexes ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON search_indexes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON search_indexes FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON search_indexes TO rapport_app;

CREATE TABLE chunk_vectors (
    workspace_id UUID NOT NULL,
    chunk_id UUID NOT NULL,
    model TEXT NOT NULL,
    article_id UUID NOT NULL,
    kind TEXT NOT NULL,
    embedding VECTOR NOT NULL,
    CONSTRAINT pk_chunk_vectors PRIMARY KEY (workspace_id, chunk_id, model),
    CONSTRAINT fk_chunk_vectors_workspace_id_chunk_id FOREIGN KEY(workspace_id, chunk_id) REFERENCES chunks (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_chunk_vectors_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE chunk_vectors ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON chunk_vectors USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON chunk_vectors FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON chunk_vectors TO rapport_app;

-- What made most of a workspace's vectors goes on answering its questions.
INSERT INTO search_indexes (workspace_id, id, created_at, model, description, dimensions, state, state_at)
SELECT DISTINCT ON (workspace_id) workspace_id, gen_random_uuid(), now(), model, '', 384, 'serving', now()
FROM chunks
WHERE model IS NOT NULL
GROUP BY workspace_id, model
ORDER BY workspace_id, count(*) DESC, model;

INSERT INTO chunk_vectors (workspace_id, chunk_id, model, article_id, kind, embedding)
SELECT c.workspace_id, c.id, c.model, c.article_id, c.kind, c.embedding
FROM chunks c
JOIN search_indexes i ON i.workspace_id = c.workspace_id AND i.model = c.model;
