-- The documents that fit a question best.
--
-- Every document has a BM25 score (zero without a common word) and, where it is embedded, the cosine
-- of the question with its title and with the nearest part of its text. Both scores are counted in
-- standard deviations over the documents that are wanted and added, the words with their weight. Of
-- BM25 the root is counted: most documents share no word, so its tail is long, and one rare word
-- would outvote the meaning. Of a document that has no vector of the model, as a new one has for a
-- moment, the words are all there is, and count in full.
--
-- What solved conversations left takes part where it is asked for. It must fit a tenth of a deviation
-- better than what else there is: what is written for everybody is preferred to what was said once.
--
-- There is no join, so that the plan stays linear where the tables have never been analysed: after
-- an import a join of these steps took thirty times as long.
WITH shelf AS MATERIALIZED (
    SELECT id, word_count, CASE kind WHEN 'solved' THEN 0.1 ELSE 0 END::float8 AS behind,
           (audience = 'public' OR :with_internal)
           AND (CAST(:locales AS text[]) IS NULL OR locale = ANY (CAST(:locales AS text[])))
           AND (CAST(:among AS uuid[]) IS NULL OR id IN (SELECT unnest(CAST(:among AS uuid[]))))
           AND CASE :solved WHEN 'without' THEN kind <> 'solved' WHEN 'only' THEN kind = 'solved' ELSE true END
               AS wanted
    FROM documents
    WHERE workspace_id = :workspace_id
),
size AS MATERIALIZED (
    SELECT count(*)::float8 AS articles, greatest(avg(word_count), 1)::float8 AS words FROM shelf
),
hits AS (
    SELECT article_id AS id,
           frequency::float8 AS frequency,
           article_words / (SELECT words FROM size) AS length,
           (count(*) OVER (PARTITION BY term))::float8 AS articles
    FROM article_terms
    WHERE workspace_id = :workspace_id AND term = ANY (CAST(:terms AS text[]))
),
facts AS (
    SELECT id, wanted, behind, 0::float8 AS bm25, NULL::float8 AS title, NULL::float8 AS body
    FROM shelf
    UNION ALL
    SELECT id, false, 0,
           ln(1 + ((SELECT articles FROM size) - articles + 0.5) / (articles + 0.5))
               * frequency / (frequency + 1.5 * (0.25 + 0.75 * length)),
           NULL, NULL
    FROM hits
    UNION ALL
    SELECT article_id, false, 0, 0,
           CASE kind WHEN 'title' THEN -(embedding <#> CAST(:question AS vector)) END,
           CASE kind WHEN 'body' THEN -(embedding <#> CAST(:question AS vector)) END
    FROM chunk_vectors
    WHERE workspace_id = :workspace_id AND model = :model
),
scored AS (
    SELECT id, sum(bm25) AS bm25, sqrt(sum(bm25)) AS words, max(title) AS cosine_title, max(body) AS cosine_body,
           greatest(max(title), max(body)) AS cosine, max(behind) AS behind
    FROM facts
    GROUP BY id
    HAVING bool_or(wanted)
),
standard AS (
    SELECT *,
           coalesce((words - avg(words) OVER ()) / nullif(stddev_pop(words) OVER (), 0), 0)
               AS z_words,
           coalesce((cosine - avg(cosine) OVER ()) / nullif(stddev_pop(cosine) OVER (), 0), 0)
               AS z_meaning
    FROM scored
)
SELECT id, bm25, cosine_title, cosine_body,
       CASE WHEN :by_meaning THEN z_meaning ELSE z_words END AS z,
       CASE WHEN :by_meaning AND cosine IS NOT NULL THEN z_meaning + :words_weight * z_words
            ELSE z_words END - behind AS score
FROM standard
WHERE bm25 > 0 OR cosine IS NOT NULL
ORDER BY score DESC, bm25 DESC, id
LIMIT :up_to
