search_customers(
    in_workspace uuid, words text[], after_at timestamptz, after_id uuid, up_to integer
) RETURNS TABLE (id uuid) LANGUAGE plpgsql STABLE AS $$
-- Customers whose name or address contains every word, last seen first. Words are folded already.
-- Rare words use the index; when it finds many, walking the recent ones fills a page sooner.
DECLARE
    patterns text[] := ARRAY(
        SELECT '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
        FROM unnest(words) AS w
    );
    wanted text[] := ARRAY(SELECT DISTINCT g FROM unnest(words) AS w, unnest(trigrams(w)) AS g);
    is_common boolean := cardinality(wanted) = 0 OR (
        SELECT count(*) > 2000
        FROM (SELECT FROM customers c WHERE c.grams @> wanted LIMIT 2001) AS found
    );
BEGIN
    IF is_common THEN
        RETURN QUERY
        SELECT c.id FROM customers c
        WHERE c.workspace_id = in_workspace AND c.merged_into_id IS NULL
          AND (after_at IS NULL OR (c.last_seen_at, c.id) < (after_at, after_id))
          AND c.search_text LIKE ALL (patterns)
        ORDER BY c.last_seen_at DESC, c.id DESC
        LIMIT up_to;
    ELSE
        RETURN QUERY
        WITH found AS MATERIALIZED (SELECT c.* FROM customers c WHERE c.grams @> wanted)
        SELECT f.id FROM found f
        WHERE f.workspace_id = in_workspace AND f.merged_into_id IS NULL
          AND (after_at IS NULL OR (f.last_seen_at, f.id) < (after_at, after_id))
          AND f.search_text LIKE ALL (patterns)
        ORDER BY f.last_seen_at DESC, f.id DESC
        LIMIT up_to;
    END IF;
END $$
