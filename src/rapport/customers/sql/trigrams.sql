CREATE FUNCTION trigrams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(words, at, 3)), '{}')
    FROM generate_series(1, length(words) - 2) AS at
$$
