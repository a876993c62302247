-- Web sites, files and snippets are searched beside articles, by the same parts, terms and vectors.

CREATE TABLE knowledge_sources (
    name TEXT NOT NULL,
    start_url TEXT NOT NULL,
    sitemap_url TEXT,
    hosts TEXT[] NOT NULL,
    include TEXT[] NOT NULL,
    exclude TEXT[] NOT NULL,
    max_depth INTEGER NOT NULL,
    max_pages INTEGER NOT NULL,
    every_hours INTEGER,
    locale TEXT NOT NULL,
    audience TEXT NOT NULL,
    state TEXT NOT NULL,
    crawl INTEGER NOT NULL,
    found INTEGER NOT NULL,
    done INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    error TEXT,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    next_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_knowledge_sources PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_knowledge_sources_state_known CHECK (state IN ('new', 'queued', 'running', 'stopping', 'done', 'cancelled', 'failed')),
    CONSTRAINT ck_knowledge_sources_audience_known CHECK (audience IN ('public', 'internal')),
    CONSTRAINT fk_knowledge_sources_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_knowledge_sources_next ON knowledge_sources (workspace_id, next_at) WHERE next_at IS NOT NULL;
ALTER TABLE knowledge_sources ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON knowledge_sources USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON knowledge_sources FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON knowledge_sources TO rapport_app;

CREATE TABLE source_documents (
    source_id UUID,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    file_name TEXT,
    locale TEXT NOT NULL,
    audience TEXT NOT NULL,
    body TEXT NOT NULL,
    word_count INTEGER NOT NULL,
    content_hash BYTEA NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_source_documents PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_source_documents_kind_known CHECK (kind IN ('page', 'file', 'snippet')),
    CONSTRAINT ck_source_documents_audience_known CHECK (audience IN ('public', 'internal')),
    CONSTRAINT ck_source_documents_pages_of_sources CHECK ((kind = 'page') = (source_id IS NOT NULL)),
    CONSTRAINT ck_source_documents_pages_have_addresses CHECK ((kind = 'page') = (url IS NOT NULL)),
    CONSTRAINT fk_source_documents_workspace_id_source_id FOREIGN KEY(workspace_id, source_id) REFERENCES knowledge_sources (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_source_documents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_source_documents_recent ON source_documents (workspace_id, updated_at DESC, id DESC) WHERE source_id IS NULL;
CREATE INDEX ix_source_documents_source ON source_documents (workspace_id, source_id, content_hash);
ALTER TABLE source_documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON source_documents USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON source_documents FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON source_documents TO rapport_app;

CREATE TABLE source_pages (
    source_id UUID NOT NULL,
    url TEXT NOT NULL,
    is_sitemap BOOLEAN NOT NULL,
    depth INTEGER NOT NULL,
    crawl INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    document_id UUID,
    visited_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_source_pages PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_source_pages_state_known CHECK (state IN ('waiting', 'indexed', 'read', 'skipped', 'failed', 'gone')),
    CONSTRAINT uq_source_pages_workspace_id_source_id_url UNIQUE (workspace_id, source_id, url),
    CONSTRAINT fk_source_pages_workspace_id_source_id FOREIGN KEY(workspace_id, source_id) REFERENCES knowledge_sources (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_source_pages_workspace_id_document_id FOREIGN KEY(workspace_id, document_id) REFERENCES source_documents (workspace_id, id) ON DELETE SET NULL (document_id),
    CONSTRAINT fk_source_pages_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_source_pages_document ON source_pages (workspace_id, document_id);
CREATE INDEX ix_source_pages_source ON source_pages (workspace_id, source_id, id);
CREATE INDEX ix_source_pages_state ON source_pages (workspace_id, source_id, state, id);
CREATE INDEX ix_source_pages_waiting ON source_pages (workspace_id, source_id, attempts, depth, id) WHERE state = 'waiting';
ALTER TABLE source_pages ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON source_pages USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON source_pages FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON source_pages TO rapport_app;

-- All that is searched.
CREATE VIEW documents WITH (security_invoker = true) AS
SELECT workspace_id, id, 'article'::text AS kind, collection_id, title, slug, NULL::text AS url, locale,
    'public'::text AS audience, word_count, body
FROM articles WHERE status = 'published'
UNION ALL
SELECT workspace_id, id, kind, NULL::uuid, title, ''::text, url, locale, audience, word_count, body
FROM source_documents;
REVOKE ALL ON documents FROM rapport_app;
GRANT SELECT ON documents TO rapport_app;

-- A foreign key cannot lead to one of two tables: what it did when an article went, a trigger does.
CREATE FUNCTION forget_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM chunks WHERE workspace_id = OLD.workspace_id AND article_id = OLD.id;
    DELETE FROM article_terms WHERE workspace_id = OLD.workspace_id AND article_id = OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER forgotten AFTER DELETE ON articles FOR EACH ROW EXECUTE FUNCTION forget_document();
CREATE TRIGGER forgotten AFTER DELETE ON source_documents FOR EACH ROW EXECUTE FUNCTION forget_document();

-- contract: the trigger does it for the release before, too
ALTER TABLE chunks DROP CONSTRAINT fk_chunks_workspace_id_article_id;
-- contract: the trigger does it for the release before, too
ALTER TABLE article_terms DROP CONSTRAINT fk_article_terms_workspace_id_article_id;
