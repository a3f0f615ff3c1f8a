-- What changed in the catalogue after change n. Numbers are given out under one lock held to commit, so
-- whoever has read up to a number has missed nothing below it. all = 1: more than can be listed, or what is not an
-- item changed: read anew what is shown. whole = 1: more items than can be listed, so a copy of all begins anew.
CREATE OR REPLACE FUNCTION api.changes_since(n bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM till_of_login();
  RETURN (
    WITH since AS (SELECT c.items, c.shop FROM change c WHERE c.n > changes_since.n ORDER BY c.n LIMIT 501)
    SELECT CASE WHEN (SELECT count(*) FROM since) > 500 OR EXISTS (SELECT FROM since WHERE items IS NULL)
                THEN jsonb_build_object('last', k.last, 'all', 1, 'items', '[]'::jsonb, 'whole',
                       ((SELECT count(*) FROM since) > 500 OR EXISTS (SELECT FROM since WHERE items IS NULL AND NOT shop))::int,
                       'moved', coalesce((SELECT jsonb_agg(DISTINCT i) FROM since, unnest(since.items) i), '[]'))
                ELSE jsonb_build_object('last', k.last, 'all', 0, 'whole', 0, 'items', coalesce(
                       (SELECT jsonb_agg(DISTINCT i) FROM since, unnest(since.items) i), '[]')) END
      FROM change_counter k);
END $$;
COMMENT ON FUNCTION api.changes_since(bigint) IS 'The items changed after change number n, and the last number.';
GRANT EXECUTE ON FUNCTION api.changes_since(bigint) TO pos_till;
