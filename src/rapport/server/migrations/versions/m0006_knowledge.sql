-- Collections, articles, and what their search is made of.

CREATE TABLE collections (
    parent_id UUID,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    position INTEGER NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_collections PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_collections_workspace_id_slug UNIQUE (workspace_id, slug),
    CONSTRAINT fk_collections_workspace_id_parent_id FOREIGN KEY(workspace_id, parent_id) REFERENCES collections (workspace_id, id),
    CONSTRAINT fk_collections_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_collections_parent ON collections (workspace_id, parent_id);
ALTER TABLE collections ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON collections USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON collections FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON collections TO rapport_app;

CREATE TABLE articles (
    collection_id UUID,
    title TEXT NOT NULL,
    slug TEXT NOT NULL,
    locale TEXT NOT NULL,
    status TEXT NOT NULL,
    summary TEXT NOT NULL,
    body TEXT NOT NULL,
    version INTEGER NOT NULL,
    word_count INTEGER NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_articles PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_articles_workspace_id_locale_slug UNIQUE (workspace_id, locale, slug),
    CONSTRAINT ck_articles_status_known CHECK (status IN ('draft', 'published')),
    CONSTRAINT ck_articles_published CHECK ((status = 'published') = (published_at IS NOT NULL)),
    CONSTRAINT fk_articles_workspace_id_collection_id FOREIGN KEY(workspace_id, collection_id) REFERENCES collections (workspace_id, id),
    CONSTRAINT fk_articles_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_articles_collection ON articles (workspace_id, collection_id);
CREATE INDEX ix_articles_recent ON articles (workspace_id, updated_at DESC, id DESC);
ALTER TABLE articles ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON articles USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON articles FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON articles TO rapport_app;

CREATE TABLE article_versions (
    article_id UUID NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    body TEXT NOT NULL,
    author TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_article_versions PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_article_versions_workspace_id_article_id_number UNIQUE (workspace_id, article_id, number),
    CONSTRAINT fk_article_versions_workspace_id_article_id FOREIGN KEY(workspace_id, article_id) REFERENCES articles (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_article_versions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE article_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON article_versions USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON article_versions FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON article_versions TO rapport_app;

CREATE TABLE chunks (
    article_id UUID NOT NULL,
    kind TEXT NOT NULL,
    position INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    embedding VECTOR(384),
    model TEXT,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_chunks PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_chunks_kind_known CHECK (kind IN ('title', 'body')),
    CONSTRAINT ck_chunks_embedded_by_a_model CHECK ((embedding IS NULL) = (model IS NULL)),
    CONSTRAINT fk_chunks_workspace_id_article_id FOREIGN KEY(workspace_id, article_id) REFERENCES articles (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_chunks_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_chunks_article ON chunks (workspace_id, article_id);
CREATE INDEX ix_chunks_pending ON chunks (workspace_id) WHERE model IS NULL;
ALTER TABLE chunks ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON chunks USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON chunks FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON chunks TO rapport_app;

CREATE TABLE article_terms (
    workspace_id UUID NOT NULL,
    term TEXT NOT NULL,
    article_id UUID NOT NULL,
    frequency INTEGER NOT NULL,
    article_words INTEGER NOT NULL,
    CONSTRAINT pk_article_terms PRIMARY KEY (workspace_id, term, article_id),
    CONSTRAINT fk_article_terms_workspace_id_article_id FOREIGN KEY(workspace_id, article_id) REFERENCES articles (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_article_terms_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_article_terms_article ON article_terms (workspace_id, article_id);
ALTER TABLE article_terms ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON article_terms USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON article_terms FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON article_terms TO rapport_app;

CREATE OR REPLACE FUNCTION 
help_centre(p_slug text)
RETURNS TABLE (id uuid, name text, slug text)
LANGUAGE sql STABLE AS $$
    SELECT w.id, w.name, w.slug FROM workspaces w
    WHERE p_slug IS NULL OR w.slug = p_slug
    ORDER BY w.created_at, w.id LIMIT 1
$$;
ALTER FUNCTION help_centre SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION help_centre FROM PUBLIC;
GRANT EXECUTE ON FUNCTION help_centre TO rapport_app;
